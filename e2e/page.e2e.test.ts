/** The page in Debian's Chromium, on a simulated cluster whose clock stands still: what a reader does, and what they see. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../src/api/json/client.ts';
import { type Simulator, startSimulator } from '../src/simulator/simulator.ts';
import { reviewingServer } from '../test/helpers/reviewing-server.ts';
import { violations } from './browser/axe.ts';
import { launchChromium } from './browser/chromium.ts';
import { HOSTILE_REASON, hiddenTexts, hostileEvents } from './browser/hostile-events.ts';
import { visit } from './browser/page-visit.ts';
import { underPrefix } from './browser/prefix-proxy.ts';
import { ManagedProcess } from './cluster/managed-process.ts';
import { sum } from './helpers/occurrences.ts';
import { lackingBrowser } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { PROGRAM, RunningTidings } from './helpers/tidings.ts';

const HOUR = 3_600_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const SERVED_TO_THE_KNOWN = ['--listen', '127.0.0.1:0', '--authentication', 'kubernetes', '--insecure'];
const REFUSED = /status of 4\d\d/;

const search = (page: Page) => page.getByRole('combobox', { name: 'Filter events' });
const rows = (page: Page) => page.locator('.event-row');
/** Not in its middle, where a link to its object may be. */
const openRow = (page: Page, index: number) => rows(page).nth(index).locator('.row-reason').click();
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

async function isLoaded(page: Page): Promise<void> {
  await rows(page).first().waitFor();
  await page.locator('.legend-key').first().waitFor();
}

describe.skipIf(lackingBrowser())('the page', () => {
  const directory = temporaryDirectory();
  let browser: Browser;
  let simulator: Simulator;
  let running: RunningTidings;

  beforeAll(async () => {
    [browser, simulator] = await Promise.all([launchChromium(), startSimulator({ seed: 5, speed: 0, pastMs: HOUR })]);
    for (const emission of hostileEvents()) simulator.cluster.emit(emission);
    running = new RunningTidings({ dataDir: join(directory.path, 'data'), args: ['--server', simulator.url] });
    await running.start();
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop('SIGKILL');
    await simulator?.close();
    directory.remove();
  });

  const open = (path = '/explore', options: Parameters<typeof visit>[2] = {}) =>
    visit(browser, running.url + path, options);

  test('which Pod backed off most: / reason:BackOff, Enter, Count', async () => {
    const page = await open('/');
    await isLoaded(page);
    await page.keyboard.press('/');
    await page.keyboard.type('reason:BackOff');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Count' }).click();
    await page.waitForURL(/order=count/);
    const { data } = await createClient({ url: running.url }).series({ q: 'reason:BackOff', order: 'count', limit: 1 });
    const [most] = data.rows;
    await expect.poll(() => rows(page).first().textContent()).toContain(`×${most?.count}`);
    expect(await rows(page).first().textContent()).toContain(most?.object.name.slice(-5));
  });

  test('what changed then: a drag over the histogram, a click on change; and the way back', async () => {
    const page = await open('/explore?from=now-2h');
    await isLoaded(page);
    const box = await page.getByRole('slider').boundingBox();
    if (!box) throw new Error('drag over the histogram: found none');
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.95, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=20/);
    const range = Date.parse(parameter(page, 'to') ?? '') - Date.parse(parameter(page, 'from') ?? '');
    expect(range / HOUR).toBeCloseTo(0.73, 1);
    await page.locator('.legend').getByRole('button', { name: 'change' }).click();
    await page.waitForURL(/q=severity:change/);
    await expect.poll(() => rows(page).locator('.row-reason').first().textContent()).toBe('ScalingReplicaSet');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.waitForURL(/from=now-2h$/);
  });

  test('hides the probes by − on Unhealthy, and takes it back by another', async () => {
    const page = await open();
    await isLoaded(page);
    const value = page.locator('.facet-value').filter({ hasText: 'Unhealthy' });
    const before = await page.locator('.summary b').textContent();
    await value.hover();
    await value.getByRole('button', { name: 'Exclude Unhealthy' }).click();
    await page.waitForURL(/q=-reason:Unhealthy/);
    await expect.poll(() => page.locator('.summary b').textContent()).not.toBe(before);
    expect(await search(page).inputValue()).toBe('-reason:Unhealthy');
    expect(await value.getAttribute('data-stance')).toBe('excluded');
    await value.locator('.facet-choice').press('-');
    await expect.poll(() => page.locator('.summary b').textContent()).toBe(before);
    expect(new URL(page.url()).search).toBe('');
  });

  test('shares a pinned event: a link that shows the same to somebody else, later', async () => {
    const page = await open('/explore?q=severity:critical');
    await isLoaded(page);
    await openRow(page, 2);
    const title = await page.locator('.drawer-object').textContent();
    await page.keyboard.press('e');
    await page.getByText('Copied, with the range as it is now').waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toMatch(/from=20[^&]+Z&to=20[^&]+Z&q=severity:critical&sel=/);
    const other = await visit(browser, link, { locale: 'zh-CN' });
    await other.locator('.drawer-object').waitFor();
    expect(await other.locator('.drawer-object').textContent()).toBe(title);
    await other.keyboard.press('Escape');
    await expect.poll(() => other.locator('.drawer').count()).toBe(0);
  });

  test('reads the histogram by keys, step by step, and chooses what it reads', async () => {
    const page = await open('/explore?from=now-2h');
    await isLoaded(page);
    const histogram = page.getByRole('slider');
    await histogram.focus();
    for (const key of ['ArrowLeft', 'ArrowLeft', 'Shift+ArrowLeft']) await page.keyboard.press(key);
    expect(await histogram.getAttribute('aria-valuetext')).toMatch(/^\w{3} \d+ \w{3,4} \d\d:\d\d/);
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=20/);
  });

  test('goes from row to row by keys, and opens one', async () => {
    const page = await open('/explore?from=now-2h');
    await isLoaded(page);
    await rows(page).first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    expect(await rows(page).nth(1).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('j');
    expect(await rows(page).nth(2).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.dataset.index')).toBe('1');
  });

  test('follows live, holds rows back while somebody reads, and goes on after a restart', async () => {
    const page = await open('/explore?from=now-1h', { expected: /ERR_|status of 5/ });
    await isLoaded(page);
    await page.keyboard.press('l');
    await page.locator('.live-button[data-state="on"]').waitFor();
    const newest = () => rows(page).first().locator('.row-object').textContent();
    const before = await newest();
    simulator.advance(1_000);
    simulator.cluster.burst(3);
    await expect.poll(newest).not.toBe(before);
    await openRow(page, 1);
    await page.locator('.live-button[data-state="paused"]').waitFor();
    simulator.cluster.burst(7);
    await page.getByRole('button', { name: '7 new, show' }).click();
    await page.locator('.live-button[data-state="on"]').waitFor();
    const { port } = new URL(running.url);
    await running.stop('SIGKILL');
    await page.locator('.live-button[data-state="lost"]').waitFor();
    simulator.cluster.burst(1);
    running = new RunningTidings({
      dataDir: running.dataDir,
      args: ['--server', simulator.url, '--listen', `127.0.0.1:${port}`],
    });
    await running.start();
    await page.locator('.live-button[data-state="on"]').waitFor({ timeout: 20_000 });
  });

  test('shows what is hostile as it is, and harmlessly', async () => {
    const page = await open(`/explore?q=reason:${HOSTILE_REASON}`);
    await isLoaded(page);
    await expect.poll(() => rows(page).count()).toBe(hostileEvents().length);
    const shown = await page.locator('.table-rows').textContent();
    for (const text of ['<script>alert', 'U+202E', '\\x1b', '\\x07', 'U+200B', '👩‍🚀']) expect(shown).toContain(text);
    expect(await page.locator('.table-rows script, .table-rows img, .table-rows a:not(.object-link)').count()).toBe(0);
    for (let index = 0; index < hostileEvents().length; index++) {
      await openRow(page, index);
      await page.locator('.full-message').waitFor();
      await page.locator('.around li').or(page.getByText('Nothing else of its workload or node')).first().waitFor();
      expect(await hiddenTexts(page)).toEqual([]);
    }
    expect(await violations(page)).toEqual([]);
    await search(page).fill('name:hostile');
    await page.getByRole('option').filter({ hasText: 'U+202E' }).waitFor();
    expect(await hiddenTexts(page)).toEqual([]);
  });

  test('goes on where the time for an answer was up: counts with more of it, rows from where they ended', async () => {
    const page = await open();
    await isLoaded(page);
    // To run out of it takes more events than a test has.
    await page.route(/\/v1\/(histogram|series)\?/, async (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.has('timeoutSeconds') || url.searchParams.has('cursor')) return route.continue();
      if (url.pathname.endsWith('series')) url.searchParams.set('limit', '3');
      const response = await route.fetch({ url: url.href });
      const answer = await response.json();
      return route.fulfill({ response, json: { ...answer, leftOut: { before: answer.range.to } } });
    });
    await page.goto(`${running.url}/explore?q=type:Normal`);
    await page.locator('.table-end').getByText('then the time for an answer was up').waitFor();
    expect(await rows(page).count()).toBe(3);
    await page.locator('.table-end').getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(3);
    expect(await violations(page)).toEqual([]);
    await page.locator('.left-out').getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => page.locator('.left-out').count()).toBe(0);
  });

  test('opens with what is stored, says of a range what it lacks, and refuses one that ends before it begins', async () => {
    const page = await open('/');
    await isLoaded(page);
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('button', { name: 'Last 75m' }).click();
    const picker = page.getByRole('dialog', { name: 'Range of time' });
    await picker.getByText(/of it were not watched$/).waitFor();
    await picker.getByLabel('From').fill('2020-01-01');
    await picker.getByLabel('To').fill('2020-01-02');
    await picker.getByText('All of it is older than what is kept').waitFor();
    await picker.getByText('Nobody watched then').waitFor();
    await picker.getByLabel('To').fill('2019-12-31');
    await picker.getByText('It ends before it begins').waitFor();
    expect(await picker.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await picker.getByRole('button', { name: 'Last 24h' }).click();
    await page.waitForURL(/\?from=now-24h$/);
  });

  test('has the columns of its address, and lets them be chosen', async () => {
    const page = await open('/explore?cols=time,reason,source');
    await isLoaded(page);
    const heads = page.getByRole('columnheader');
    await expect.poll(() => heads.allTextContents()).toEqual(['Last seen ↓', 'Reason', 'Source']);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByLabel('First seen').check();
    await page.waitForURL(/cols=time,reason,first,source$/);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'The usual columns' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
    await page.keyboard.press('Escape');
    await heads.getByRole('button', { name: 'Count' }).waitFor();
  });

  test('offers the nearest in the place of an event that is no longer kept', async () => {
    const { data } = await createClient({ url: running.url }).events({ limit: 1 });
    const [event] = data.rows;
    const page = await open(`/explore?sel=${event?.uid}/1`, { expected: REFUSED });
    await page.getByText('This event is no longer kept').waitFor();
    await page.getByRole('heading', { name: 'The same event' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.locator('.nearest button').click();
    await page.locator('.full-message').waitFor();
    expect(parameter(page, 'sel')?.split('/')[0]).toBe(event?.uid);
    await page.goto(
      `${running.url}/explore?sel=gone/1&q=reason:Nothing&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`,
    );
    await page.getByRole('heading', { name: 'The oldest that is kept' }).waitFor();
  });

  test('says where a query is wrong, and keeps the last good answer', async () => {
    const page = await open('/explore', { expected: REFUSED });
    await isLoaded(page);
    const before = await page.locator('.summary b').textContent();
    await search(page).fill('severity:critical reson:BackOff');
    await page.keyboard.press('Enter');
    await page.getByText('At 19: unknown key reson, did you mean "reason"?').waitFor();
    expect(await search(page).getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('.summary b').textContent()).toBe(before);
    expect(await violations(page)).toEqual([]);
  });

  test('keeps the focus in what covers the view on a phone, and gives it back', async () => {
    const page = await open('/explore', PHONE);
    await isLoaded(page);
    const isWithin = (selector: string) =>
      page.evaluate<boolean>(`[document.body, ...document.querySelectorAll('${selector}, ${selector} *')]
        .includes(document.activeElement)`);
    const staysIn = async (selector: string) => {
      for (const key of ['Shift+Tab', 'Shift+Tab', 'Shift+Tab', ...Array.from({ length: 12 }, () => 'Tab')]) {
        await page.keyboard.press(key);
        expect(await isWithin(selector)).toBe(true);
      }
    };
    const hasFocus = (selector: string) => page.evaluate<boolean>(`document.activeElement.matches('${selector}')`);
    await page.getByRole('button', { name: 'Filters' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => hasFocus('.facets')).toBe(true);
    await staysIn('.facets');
    await page.keyboard.press('Escape');
    await expect.poll(() => hasFocus('.show-filters')).toBe(true);

    await rows(page).nth(1).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => hasFocus('.drawer')).toBe(true);
    await page.locator('.full-message').waitFor();
    await staysIn('.drawer');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.drawer').count()).toBe(0);
    expect(await hasFocus('.event-row')).toBe(true);
  });

  test('is not live when it is refused, and asks again', async () => {
    const page = await open('/explore', { expected: REFUSED });
    await isLoaded(page);
    const refusal = { status: 403, contentType: 'application/problem+json' };
    const body = JSON.stringify({ type: 'about:blank', title: 'Forbidden', status: 403, detail: 'found no right to' });
    await page.route('**/tidings/v1/stream*', (route) => route.fulfill({ ...refusal, body }));
    const live = page.getByRole('button', { name: 'Live' });
    await live.click();
    await page.getByText('found no right to').waitFor();
    expect(await live.getAttribute('aria-pressed')).toBe('false');
    await page.unrouteAll();
    await live.click();
    await expect.poll(() => live.getAttribute('data-state')).toBe('on');
    expect(await live.getAttribute('aria-pressed')).toBe('true');
  });

  test('is loaded with less than 200 kB', () => {
    const built = join(import.meta.dirname, '../dist/page');
    // The views that it does not open with come with their first visit.
    const asked = readFileSync(join(built, 'index.html'), 'utf8').match(/assets\/[^"]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(1);
    expect(sum(asked.map((name) => statSync(join(built, `${name}.gz`)).size))).toBeLessThan(200_000);
  });

  test('works behind the prefix of a proxy', async () => {
    const page = await visit(browser, `${await underPrefix(running.url, '/tools/tidings')}/`);
    await isLoaded(page);
    expect(new URL(page.url()).pathname).toBe('/tools/tidings/explore');
    await page.reload();
    await isLoaded(page);
  });

  test.each(['desktop', 'phone'])(
    'has nothing that axe-core finds against WCAG 2.2 AA, in any state on a %s',
    async (device) => {
      const isPhone = device === 'phone';
      const page = await open('/explore', { expected: REFUSED, ...(isPhone && PHONE) });
      const found: Record<string, readonly string[]> = {};
      const look = async (state: string) => {
        found[state] = await violations(page);
        // The other theme changes colours and nothing else.
        await page.emulateMedia({ colorScheme: 'dark' });
        found[`${state}, dark`] = await violations(page, ['color-contrast']);
        await page.emulateMedia({ colorScheme: 'light' });
      };
      await isLoaded(page);
      await look('table');
      await page.getByRole('button', { name: /^Last 75m/ }).click();
      await look('range');
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await look('keys');
      await page.keyboard.press('Escape');
      if (isPhone) await page.getByRole('button', { name: 'Filters' }).click();
      await page
        .getByRole('button', { name: /^\d+ more$/ })
        .first()
        .click();
      await page.getByRole('searchbox').waitFor();
      await look('facets');
      if (isPhone) await page.getByRole('button', { name: 'Close' }).first().click();
      await openRow(page, 1);
      await page.locator('.full-message').waitFor();
      await page.getByText('As YAML').click();
      await look('drawer');
      await page.goto(`${running.url}/explore?q=reason:Nothing&by=reason&sel=none/1`);
      await page.getByRole('button', { name: 'Clear the filter' }).waitFor({ state: 'attached' });
      await page.getByText('This event is no longer kept').waitFor();
      await look('nothing');
      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
    },
  );

  test('asks who its reader is where that matters, and shows what their token may read', async () => {
    const tokenFile = join(directory.path, 'token');
    writeFileSync(tokenFile, 'a-token-for-reading\n');
    const guarded = new RunningTidings({
      dataDir: join(directory.path, 'guarded'),
      args: ['--server', simulator.url, '--read-token-file', tokenFile],
    });
    onTestFinished(() => guarded.stop('SIGKILL'));
    await guarded.listening();
    const page = await visit(browser, guarded.url, { expected: REFUSED });
    await page.getByLabel('Token').fill('another-token');
    await page.getByRole('button', { name: 'Use' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill('a-token-for-reading');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use' }).click();
    await isLoaded(page);
  });

  test('asks who may not read all namespaces which ones they may', async () => {
    const reviewing = await reviewingServer();
    reviewing.tokens.set('a-token-of-shop', { username: 'ana' });
    reviewing.namespaces.set('shop', '2026-01-01T00:00:00Z');
    reviewing.allows = ({ resourceAttributes }) => resourceAttributes?.['namespace'] === 'shop';
    const { data } = await createClient({ url: running.url }).meta();
    const config = join(directory.path, 'serve.json');
    writeFileSync(config, JSON.stringify({ clusters: [{ name: data.clusters[0]?.name, server: reviewing.url }] }));
    const serving = new ManagedProcess(
      'tidings serve',
      [PROGRAM, 'serve', '--config', config, '--data', running.dataDir, ...SERVED_TO_THE_KNOWN],
      { logFile: join(directory.path, 'serve.log') },
    );
    onTestFinished(() => serving.stop('SIGKILL'));
    const url = await serving.until(
      'to listen',
      () => /http:\/\/127\.0\.0\.1:\d+(?=.*listening)/.exec(serving.log())?.[0],
    );
    const page = await visit(browser, url, { expected: REFUSED });
    await page.getByLabel('Token').fill('a-token-of-shop');
    await page.getByRole('button', { name: 'Use' }).click();
    await page.getByLabel('Only these namespaces').fill('shop');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use' }).click();
    await isLoaded(page);
    await page.getByText('Only in shop').waitFor();
    expect(parameter(page, 'ns')).toBe('shop');
    const shown = await page.locator('.facet-value').filter({ hasText: 'payments' }).count();
    expect(shown).toBe(0);
  });
});
