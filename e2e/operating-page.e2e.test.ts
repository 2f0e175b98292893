/** Coverage and Sinks in Debian's Chromium: a sink that refuses, a stop that leaves a gap, and who may do what. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../src/api/json/client.ts';
import { type Simulator, startSimulator } from '../src/simulator/simulator.ts';
import { violations } from './browser/axe.ts';
import { launchChromium } from './browser/chromium.ts';
import { HOSTILE_REASON, hostileEvents } from './browser/hostile-events.ts';
import { type KnownCallers, knownCallers } from './browser/known-callers.ts';
import { visit } from './browser/page-visit.ts';
import { Destination } from './helpers/destination.ts';
import { lackingBrowser } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

const HOUR = 3_600_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
/** What a browser says of an answer before the reader has said who they are. */
const REFUSED = /status of 4\d\d/;

const SINKS = '/tidings/v1/sinks';
const USERS = {
  operator: () => true,
  viewer: ({ nonResourceAttributes: asked }: Asked) => !asked?.path.startsWith(`${SINKS}/`) || asked.verb === 'get',
  reader: ({ nonResourceAttributes: asked }: Asked) => !asked?.path.startsWith(SINKS),
};
type Asked = Parameters<Parameters<typeof knownCallers>[1][string]>[0];

const everySeventh = (key: string) => Number(key.split('/').at(-1)) % 7 === 0;

describe.skipIf(lackingBrowser())('the page of an operator', () => {
  const directory = temporaryDirectory();
  let refuses = everySeventh;
  const pager = new Destination({ refuses: (key) => refuses(key) });
  let browser: Browser;
  let simulator: Simulator;
  let cluster: KnownCallers;
  let running: RunningTidings;
  const config = join(directory.path, 'config.json');
  const configure = (...sinks: readonly object[]) =>
    writeFileSync(config, JSON.stringify({ clusters: [{ name: 'prod', server: cluster.url }], sinks }));

  beforeAll(async () => {
    [browser, simulator] = await Promise.all([launchChromium(), startSimulator({ seed: 5, speed: 0, pastMs: HOUR })]);
    [cluster] = await Promise.all([knownCallers(simulator.url, USERS), pager.open()]);
    configure({ name: 'pager', type: 'http', url: pager.url, from: 'beginning' }, archive());
    const args = ['--config', config, '--authentication', 'kubernetes', '--insecure'];
    running = new RunningTidings({ dataDir: join(directory.path, 'data'), args });
    // Probes have an address of their own where callers are asked who they are.
    await running.listening();
    const isDone = async () => (await sinkNow()).lagRecords === 0 && (await client().events()).data.rows.length > 0;
    await until('everything is delivered', isDone);
  });

  afterAll(async () => {
    await browser?.close();
    await running?.stop('SIGKILL');
    await pager.close();
    await cluster?.close();
    await simulator?.close();
    directory.remove();
  });

  const archive = () => ({ name: 'archive', type: 'file', path: join(directory.path, 'archive.jsonl') });

  const client = () => createClient({ url: running.url, headers: { Authorization: 'Bearer operator' } });

  async function sinkNow() {
    const [sink] = (await client().sinks()).data;
    if (!sink) throw new Error('look at the sink: found none');
    return sink;
  }

  async function open(user: string, path: string, options: Parameters<typeof visit>[2] = {}): Promise<Page> {
    const page = await visit(browser, running.url + path, { expected: REFUSED, ...options });
    await page.getByLabel('Token').fill(user);
    await page.getByRole('button', { name: 'Use' }).click();
    return page;
  }

  const opened = async (page: Page) => {
    await page.getByRole('button', { name: 'pager' }).click();
    await page.locator('.failures li').first().waitFor();
  };

  test('did the pager sink get it: the event, and Deliveries in its drawer', async () => {
    const [letter] = (await client().deadLetters('pager')).data.rows;
    const page = await open('operator', `/explore?sel=${letter?.event.id}`);
    const deliveries = page.locator('.deliveries li');
    await deliveries.filter({ hasText: 'pager' }).getByText('A dead letter: POST').waitFor();
    await deliveries.filter({ hasText: 'archive' }).getByText('Done, and no dead letter').waitFor();
    expect(await violations(page)).toEqual([]);
    await deliveries.getByRole('link', { name: 'pager' }).click();
    await page.waitForURL(/\/sinks\?.*sink=pager/);
  });

  test('did the pager sink get it: g s, its row; what it would not take is dropped, or sent again', async () => {
    const before = (await sinkNow()).deadLetters;
    expect(before).toBeGreaterThan(5);
    const page = await open('operator', '/explore');
    await page.locator('.event-row').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await opened(page);
    const letters = page.locator('.letters li');
    await expect.poll(() => letters.count()).toBe(Math.min(100, before));

    await letters.first().getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Drop 1' }).click();
    const asked = page.getByRole('dialog', { name: 'Drop 1 dead letter?' });
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Drop 1' }).click();
    await asked.getByRole('button', { name: 'Drop 1' }).click();
    await page.getByRole('heading', { name: `${before - 1} dead letters` }).waitFor();
    expect((await sinkNow()).deadLetters).toBe(before - 1);

    await letters.first().getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Retry 1' }).click();
    await page.getByText('1 refused again').waitFor();
    await page.locator('.work').getByText('400').waitFor();
    await page.locator('.work').getByRole('button', { name: 'Close' }).click();

    refuses = () => false;
    await page.getByLabel(/^Choose all/).check();
    await page.getByRole('button', { name: `Retry ${before - 1}` }).click();
    await page.getByText(`${before - 1} taken`).waitFor();
    await page.getByText('Nothing that this destination would never take.').waitFor();
    expect((await sinkNow()).deadLetters).toBe(0);
  });

  test('says how much a replay would be before it can be begun, and how far it is', async () => {
    const page = await open('operator', '/sinks?from=now-2h');
    await opened(page);
    await page.getByRole('button', { name: 'Replay from…' }).click();
    const form = page.getByRole('dialog', { name: 'Replay from…' });
    await form.getByLabel('Filter events').fill('severity:critical');
    const { data } = await client().events({ from: 'now-2h', q: 'severity:critical', limit: 1_000 });
    const before = pager.requests.length;
    await form.getByRole('button', { name: `Replay ${data.rows.length}` }).click();
    await page.locator('.work').getByText(`${data.rows.length} taken`).waitFor();
    await form.waitFor({ state: 'detached' });
    expect(pager.requests.length - before).toBe(data.rows.length);
  });

  test('pauses, resumes and tests', async () => {
    const page = await open('operator', '/sinks');
    await opened(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Nothing more is delivered until it is resumed').waitFor();
    await page.locator('.sink-row').first().getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.sink-row').first().getByText('Delivering').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The destination took it.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.sink-details').count()).toBe(0);
  });

  test('shows what is hostile as it is, also among dead letters', async () => {
    refuses = () => true;
    for (const emission of hostileEvents()) simulator.cluster.emit(emission);
    const page = await open('operator', '/sinks?sink=pager');
    const letters = page.locator('.letters li').filter({ hasText: HOSTILE_REASON });
    await expect.poll(() => letters.count(), { timeout: 20_000 }).toBe(hostileEvents().length);
    const shown = (await letters.allTextContents()).join('\n');
    for (const text of ['<script>alert', 'U+202E', '\\x1b', 'U+200B']) expect(shown).toContain(text);
    expect(await page.locator('.letters script, .letters img, .letters a').count()).toBe(0);
    await page.getByLabel(/^Choose all/).check();
    await page.getByRole('button', { name: /^Copy \d+$/ }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toContain(JSON.stringify(hostileEvents()[1]?.message).slice(1, -1));
    refuses = everySeventh;
  });

  test('shows sinks to those who may see them, and buttons to those who may press them', async () => {
    const viewer = await open('viewer', '/sinks?sink=pager');
    await viewer.getByText('Sinks are operated by callers').waitFor();
    expect(await viewer.getByRole('button', { name: /Pause|Retry|Drop|Replay/ }).count()).toBe(0);
    const reader = await open('reader', '/sinks');
    await reader.getByRole('alert').getByText('forbidden').waitFor();
    expect(await reader.getByRole('link', { name: 'Sinks' }).count()).toBe(0);
    expect(await reader.getByRole('link', { name: 'Coverage' }).count()).toBeGreaterThan(0);
    expect(await violations(reader)).toEqual([]);
  });

  test('shows in the calendar when nobody watched, why, and what happened in that hour', async () => {
    await running.stop('SIGKILL');
    simulator.faults.expired('status');
    await running.listening();
    const breaks = async () => (await client().coverage({})).data.scopes.flatMap((scope) => scope.breaks);
    await expect.poll(async () => (await breaks()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const page = await open('operator', '/explore?q=severity:critical');
    await page.locator('.event-row').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.locator('.breaks').getByText('Tidings was not running').first().waitFor();
    const hour = page.locator('.hour[data-healed="true"]').last();
    expect(await hour.getAttribute('aria-label')).toMatch(
      /\d% watched; Tidings was not running.*alive afterwards was read/,
    );
    const at = Number(await hour.getAttribute('data-hour'));
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    const offset = Number(
      /GMT\+(\d)/.exec(
        new Date().toLocaleString('en', { timeZone: 'Europe/Berlin', timeZoneName: 'shortOffset' }),
      )?.[1],
    );
    await expect.poll(async () => Number(await hour.getAttribute('data-hour'))).toBe((at + offset) % 24);
    await hour.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/explore\?from=20[^&]+&to=20/);
    const asked = new URL(page.url()).searchParams;
    expect(asked.get('from')).toMatch(/:00:00Z$/);
    expect(asked.get('q')).toBe('severity:critical');
    await page.locator('.summary b').waitFor();
  });

  test.each(['desktop', 'phone'])('has nothing that axe-core finds against WCAG 2.2 AA on a %s', async (device) => {
    const options = device === 'phone' ? PHONE : {};
    const page = await open('operator', '/coverage', options);
    const found: Record<string, readonly string[]> = {};
    const look = async (state: string) => {
      found[state] = await violations(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      found[`${state}, dark`] = await violations(page, ['color-contrast']);
      await page.emulateMedia({ colorScheme: 'light' });
    };
    await page.locator('.breaks').waitFor();
    await look('coverage');
    await page.goto(`${running.url}/coverage?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`);
    await page.getByText('Nobody watched on these days').waitFor();
    await look('never watched');
    await page.goto(`${running.url}/sinks`);
    await page.locator('.sink-row').first().waitFor();
    await look('sinks');
    await page.getByRole('button', { name: 'pager' }).click();
    await page.locator('.letters li').first().waitFor();
    await look('sink');
    await page.locator('.letters').getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Drop 1' }).click();
    await look('asking');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Replay from…' }).click();
    await page.getByRole('button', { name: /^Replay \d/ }).waitFor();
    await look('replay');
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
  });

  test('shows the dead letters of a sink that is no longer configured, until they are dropped', async () => {
    const { deadLetters } = await sinkNow();
    expect(deadLetters).toBeGreaterThan(0);
    configure(archive());
    const page = await open('operator', '/sinks');
    const gone = page.getByRole('region', { name: 'No longer configured' });
    // The configuration is looked at from time to time.
    await gone.getByRole('heading', { name: `pager · ${deadLetters} dead letters` }).waitFor({ timeout: 30_000 });
    await gone.locator('.letters li').first().waitFor();
    expect(await gone.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await gone.getByLabel(/^Choose all/).check();
    await gone.getByRole('button', { name: `Drop ${deadLetters}` }).click();
    const asked = page.getByRole('dialog', { name: `Drop ${deadLetters} dead letters?` });
    await asked.getByRole('button', { name: `Drop ${deadLetters}` }).click();
    await gone.waitFor({ state: 'detached' });
    expect((await client().deadLetterCounts()).data).toEqual([]);
  });
});
