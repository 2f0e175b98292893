/** One object, a workload, and what is shared of them, in Debian's Chromium on a simulated cluster whose clock stands still. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../src/api/json/client.ts';
import { type Simulator, startSimulator } from '../src/simulator/simulator.ts';
import { violations } from './browser/axe.ts';
import { launchChromium } from './browser/chromium.ts';
import { HOSTILE_REASON, hostileEvents } from './browser/hostile-events.ts';
import { visit } from './browser/page-visit.ts';
import { lackingBrowser } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { PROGRAM, RunningTidings } from './helpers/tidings.ts';

const execute = promisify(execFile);
const HOUR = 3_600_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
/** More than a page of a story has. */
const MANY = 120;
const NOT_COPIED = 'not copied yet';
const HOSTILE_NAME = 'a/b?c#%2e <b>\u202ex';

const story = (page: Page) => page.locator('.story-row');
const title = (page: Page) => page.locator('.object-heading h1');
const clipboard = (page: Page) => page.evaluate<string>('navigator.clipboard.readText()');

async function isLoaded(page: Page): Promise<void> {
  await story(page).first().waitFor();
  await page.locator('.summary b').waitFor();
  await page.locator('.lane-label').first().waitFor();
}

async function share(page: Page, name: string): Promise<string> {
  // What the page says it copied may still be what it said the time before: only the clipboard tells.
  await page.evaluate(`navigator.clipboard.writeText('${NOT_COPIED}')`);
  await page.getByRole('button', { name: 'Share' }).first().click();
  await page.getByRole('button', { name }).click();
  await page.getByText(/^Copied/).waitFor();
  await expect.poll(() => clipboard(page)).not.toBe(NOT_COPIED);
  return clipboard(page);
}

describe.skipIf(lackingBrowser())('the page of an object', () => {
  const directory = temporaryDirectory();
  let browser: Browser;
  let simulator: Simulator;
  let running: RunningTidings;
  /** A Pod that backed off, and its Deployment. */
  let pod: { readonly namespace: string; readonly name: string };
  let deployment: string;

  beforeAll(async () => {
    [browser, simulator] = await Promise.all([launchChromium(), startSimulator({ seed: 5, speed: 0, pastMs: HOUR })]);
    for (const emission of hostileEvents()) simulator.cluster.emit(emission);
    const [hostile] = hostileEvents();
    if (!hostile) throw new Error('emit what is hostile: found none');
    simulator.cluster.emit({ ...hostile, about: { ...hostile.about, name: HOSTILE_NAME, uid: 'hostile-name' } });
    for (let n = 0; n < MANY; n++) {
      // One component may not say so much about one object.
      const by = { ...hostile.by, component: `fuzz-${n % 8}` };
      const about = { ...hostile.about, name: 'chatty', uid: 'chatty' };
      simulator.cluster.emit({ ...hostile, by, about, reason: `Reason${n}`, message: `message ${n}` });
    }
    running = new RunningTidings({ dataDir: join(directory.path, 'data'), args: ['--server', simulator.url] });
    await running.start();
    const { data } = await createClient({ url: running.url }).series({ q: 'reason:BackOff kind:Pod', limit: 50 });
    const found = data.rows.find(({ object }) => /-[a-z0-9]{6,10}-[a-z0-9]{5}$/.test(object.name));
    if (!found) throw new Error('find a Pod that backed off: found none');
    pod = found.object;
    deployment = pod.name.replace(/-[a-z0-9]+-[a-z0-9]+$/, '');
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop('SIGKILL');
    await simulator?.close();
    directory.remove();
  });

  const open = (path: string, options: Parameters<typeof visit>[2] = {}) => visit(browser, running.url + path, options);
  const podPath = () => `/objects/Pod/${pod.namespace}/${pod.name}`;
  const workloadPath = () => `/objects/workload/Deployment/${pod.namespace}/${deployment}`;

  test('what the Pod went through: a click on its event, a click on its name; and back with what finds the same', async () => {
    const page = await open(`/explore?from=now-2h&q=reason:BackOff+pod:${pod.name}`);
    await page.locator('.event-row').first().click();
    await page.locator('.drawer-object a').click();
    await isLoaded(page);
    expect(new URL(page.url()).pathname).toBe(podPath());
    expect(new URL(page.url()).search).toBe('?from=now-2h');
    expect(await title(page).textContent()).toBe(`Pod ${pod.namespace}/${pod.name}`);
    const { data } = await createClient({ url: running.url }).object(
      { kind: 'Pod', ...pod },
      { from: 'now-2h', to: 'now' },
    );
    expect(await page.locator('.summary b').textContent()).toContain(String(data.occurrences));
    expect(await page.locator('.reason-rows li').count()).toBe(data.reasons.length);
    expect(await page.locator('.incarnations tbody tr').count()).toBe(data.incarnations.length);
    await page.getByRole('link', { name: 'Show in Explore' }).click();
    await page.waitForURL(/\/explore\?from=now-2h/);
    expect(new URL(page.url()).searchParams.get('q')).toBe(`namespace:${pod.namespace} kind:Pod name:${pod.name}`);
    await expect.poll(() => page.locator('.summary b').textContent()).toContain(String(data.occurrences));
    await page.goBack();
    await isLoaded(page);
  });

  test('from a row by o, on to its workload and to a sibling, with every owner said to be known by name', async () => {
    const page = await open(`/explore?from=now-2h&q=pod:${pod.name}`);
    await page.locator('.event-row').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('o');
    await isLoaded(page);
    const owners = page.locator('.owners');
    expect(await owners.textContent()).toContain(`Deployment ${deployment}`);
    expect(await owners.textContent()).toContain('by name');
    await owners.getByRole('link', { name: deployment, exact: true }).click();
    await page.waitForURL((url) => url.pathname === workloadPath());
    await isLoaded(page);
    expect(await title(page).textContent()).toBe(`Deployment ${pod.namespace}/${deployment}`);
    const more = page.getByRole('button', { name: /^\d+ more$/ });
    if ((await more.count()) > 0) await more.first().click();
    await page.locator('.incarnations a', { hasText: pod.name }).first().click();
    await page.waitForURL((url) => url.pathname === podPath());
    await page.locator('.siblings').waitFor({ state: 'attached' });
  });

  test('the worst workloads by g o, and one of them by a click', async () => {
    const page = await open('/explore?from=now-2h');
    await page.locator('.event-row').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.waitForURL(/\/objects\?from=now-2h/);
    const first = page.locator('.object-index a').first();
    const name = await first.textContent();
    await first.click();
    await isLoaded(page);
    expect(await title(page).textContent()).toContain(name);
  });

  test('is read by keys, keeps what is pinned in its address, and leaves one reason by a click', async () => {
    const page = await open(`${workloadPath()}?from=now-2h`);
    await isLoaded(page);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.locator('.drawer-title').waitFor();
    expect(await story(page).nth(1).getAttribute('aria-current')).toBe('true');
    expect(page.url()).toContain('sel=');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.drawer').count()).toBe(0);
    const strip = page.getByRole('slider', { name: 'State over time' });
    await strip.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await strip.getAttribute('aria-valuetext')).toMatch(/\d\d:\d\d/);
    await page.locator('.reason-rows').getByRole('button', { name: 'BackOff' }).click();
    await page.waitForURL(/q=reason:BackOff/);
    await expect.poll(() => page.locator('.reason-rows li').count()).toBe(1);
    await page.keyboard.press('Backspace');
    await page.waitForURL((url) => !url.search.includes('q='));
  });

  test('chooses a time by a drag over its state', async () => {
    const page = await open(`${workloadPath()}?from=now-2h`);
    await isLoaded(page);
    const box = await page.getByRole('slider', { name: 'State over time' }).boundingBox();
    if (!box) throw new Error('drag over the state: found none');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width, box.y + 10, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=20/);
    const { searchParams } = new URL(page.url());
    const range = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '');
    expect(range / HOUR).toBeCloseTo(1, 1);
  });

  test('pages a story to its end, newest first', async () => {
    const page = await open('/objects/Pod/default/chatty?from=now-2h');
    await isLoaded(page);
    expect(await story(page).count()).toBe(100);
    await page.getByRole('button', { name: 'Older' }).click();
    await expect.poll(() => story(page).count()).toBe(MANY);
    expect(await page.getByRole('button', { name: 'Older' }).count()).toBe(0);
    const times = await page
      .locator('.story-time')
      .evaluateAll((all) => all.map((each) => Date.parse(each.getAttribute('datetime') ?? '')));
    expect(times).toEqual(times.toSorted((one, other) => other - one));
  });

  test('tells nothing happened, nobody looked, no longer kept and not yours apart', async () => {
    const page = await open('/objects/Pod/shop/nobody-0?from=now-5m');
    await page.getByText(/^Nothing (happened|was seen)/).waitFor();
    await page.goto(`${running.url}/objects/Pod/shop/nobody-0?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`);
    await page.getByText(/^Nothing older is kept than/).waitFor();
    await page.goto(`${running.url}/objects/Pod/shop/nobody-0?from=now-1h&q=severity:critical`);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?from=now-1h');
  });

  test('says when an answer does not come, keeps what was there, and tries again', async () => {
    const page = await open(`${podPath()}?from=now-2h`, { expected: /ERR_|Failed to load/ });
    await isLoaded(page);
    const before = await page.locator('.summary b').textContent();
    await page.route('**/tidings/v1/objects/**', (route) =>
      route.fulfill({
        status: 400,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'Bad Request', status: 400, detail: 'the store is closed' }),
      }),
    );
    await page.keyboard.press('1');
    await page.getByText('The answer did not come: the store is closed').first().waitFor();
    expect(await page.locator('.summary b').textContent()).toBe(before);
    await page.unroute('**/tidings/v1/objects/**');
    await page.getByRole('button', { name: 'Retry' }).first().click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  test('says what of it its reader may not read, and shows the rest', async () => {
    const page = await open('/objects', { expected: /status of 403/ });
    const refuse = (path: string) =>
      page.route(path, (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({ title: 'Forbidden', status: 403, detail: 'you may not list events there' }),
        }),
      );
    await refuse('**/tidings/v1/objects/Node/**');
    // Whoever may read one namespace may not count all of them.
    await refuse('**/tidings/v1/histogram**');
    await page.goto(`${running.url}${podPath()}?from=now-2h`);
    await isLoaded(page);
    await page.getByText('What happened to its nodes you may not read').waitFor();
    await refuse('**/tidings/v1/objects/Pod/**');
    await page.reload();
    await page.getByText('You may not read this').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('you may not list events there');
    expect(await violations(page)).toEqual([]);
  });

  test('shows a hostile name and hostile messages as they are, and leads to them', async () => {
    const page = await open(`/explore?q=reason:${HOSTILE_REASON}`);
    const row = page.locator('.event-row').filter({ hasText: 'a/b?c#' });
    await row.locator('.row-object a').click();
    await isLoaded(page);
    expect(await title(page).textContent()).toBe('Pod default/a/b?c#%2e <b>U+202Ex');
    expect(await page.locator('.story script, .story img, .story a').count()).toBe(0);
    const copied = await share(page, 'Copy as Markdown');
    expect(copied).toContain('## `Pod default/a/b?c#%2e <b>U+202Ex`');
    expect(copied).toContain(': `<script>alert(document.cookie)</script><img src=x onerror=alert(1)>`');
    const link = await share(page, 'Copy the link');
    const other = await visit(browser, link);
    await isLoaded(other);
    expect(await title(other).textContent()).toBe(await title(page).textContent());
  });

  test('gives a command that prints what it shows', async () => {
    const page = await open(`${workloadPath()}?from=now-2h&q=-type:Normal`);
    await isLoaded(page);
    const command = await share(page, 'Copy for tidings');
    const env = { PATH: `${dirname(PROGRAM)}:${process.env['PATH']}`, HOME: directory.path };
    const { stdout } = await execute('sh', ['-c', `${command} -o jsonl`], { env });
    const printed = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { metadata: { uid: string } });
    await page.getByRole('link', { name: 'Show in Explore' }).click();
    await page.locator('.event-row').first().waitFor();
    const answer = JSON.parse(await share(page, 'Copy as JSON')) as { data: { rows: { uid: string }[] } };
    const uids = (rows: readonly { uid: string }[]) => rows.map(({ uid }) => uid).toSorted();
    expect(uids(printed.map(({ metadata }) => metadata))).toEqual(uids(answer.data.rows));
    await expect.poll(() => page.locator('.event-row').count()).toBe(printed.length);
  });

  test('saves all that it shows, as records and as a table', async () => {
    const page = await open(`${podPath()}?from=now-2h`);
    await isLoaded(page);
    const shown = await story(page).count();
    const saved = async (name: string) => {
      await page.getByRole('button', { name: 'Share' }).first().click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      await page.getByText(/^\d+ events? saved$/).waitFor();
      return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
    };
    const records = await saved('Save as JSON lines');
    expect(records.name).toMatch(/^tidings-\d{8}T\d{6}Z-\d{8}T\d{6}Z\.jsonl$/);
    const kinds = records.text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(Array.from({ length: shown }, () => 'EventRecord'));
    const table = await saved('Save as CSV');
    expect(table.text.split('\r\n')[0]).toMatch(/^last,first,count,/);
    expect(table.text.trim().split('\r\n')).toHaveLength(shown + 1);
  });

  test('copies a pinned event by m, with its message as it was written', async () => {
    const page = await open(`${podPath()}?from=now-2h&q=reason:BackOff`);
    await isLoaded(page);
    await page.keyboard.press('j');
    await page.locator('.full-message').waitFor();
    const message = await page.locator('.full-message').textContent();
    await page.keyboard.press('m');
    await page.getByText(/^Copied/).waitFor();
    const copied = await clipboard(page);
    expect(copied).toContain(`## \`BackOff\` – \`Pod ${pod.namespace}/${pod.name}\``);
    expect(copied).toContain(`\`\`\`\n${message}\n\`\`\``);
    expect(copied).toMatch(/<http:[^>]+sel=[^>]+>/);
  });

  test.each(['desktop', 'phone'])('has nothing that axe-core finds, in any state on a %s', async (device) => {
    const page = await open('/objects?from=now-2h', { expected: /status of 4\d\d/, ...(device === 'phone' && PHONE) });
    const found: Record<string, readonly string[]> = {};
    const look = async (state: string) => {
      found[state] = await violations(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      found[`${state}, dark`] = await violations(page, ['color-contrast']);
      await page.emulateMedia({ colorScheme: 'light' });
    };
    await page.locator('.object-index a').first().waitFor();
    await look('list');
    await page.goto(`${running.url}${workloadPath()}?from=now-2h`);
    await isLoaded(page);
    await look('workload');
    await page.getByRole('button', { name: 'Share' }).first().click();
    await look('share');
    await page.keyboard.press('Escape');
    await page.goto(`${running.url}${podPath()}?from=now-2h`);
    await isLoaded(page);
    await look('object');
    await story(page).first().click();
    await page.locator('.full-message').waitFor();
    await look('pinned');
    await page.goto(`${running.url}/objects/Pod/shop/nobody-0?from=now-5m&q=severity:critical`);
    await page.getByRole('button', { name: 'Clear the filter' }).waitFor();
    await look('nothing');
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
  });
});
