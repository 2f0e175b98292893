/**
 * The page in a browser: what it loads at first, how soon it can be used over many stored events, how long a click takes
 * until it is seen, and whether its memory grows while it follows live.
 */
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { chromiumPath, launchChromium } from '../e2e/browser/chromium.ts';
import { createClient } from '../src/api/json/client.ts';
import { startApiServer } from './api-server.ts';
import { fullStore, STORED } from './full-store.ts';
import { type Figure, median, quantile } from './measurement.ts';
import { startTidings, urlOf } from './serving.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';

const LOADS = 5;
const INTERACTIONS = 8;
const RATE = 1_000;
/** Until a live tail holds as many rows as it ever does. */
const FILL_MS = 15_000;
const LIVE_MINUTES = Number(process.env['BENCH_LIVE_MINUTES'] ?? 1);
const DAY_MS = 86_400_000;
/** The page's own policy lets nobody ask it whether it is ready. */
const MEASURED = { viewport: { width: 1440, height: 900 }, bypassCSP: true };
/** What tells that a view can be used: rows, and what the histogram is made of. */
const USABLE = `document.querySelector('.event-row') && document.querySelector('.legend-key') && performance.now()`;
const IDLE = `document.querySelector('.progress').dataset.busy === 'false'`;
/** How long interactions took until the next paint, in steps of 8 ms. https://www.w3.org/TR/event-timing/ */
const OBSERVE = `(() => {
  window.interactions = [];
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) if (interactionId) window.interactions.push(duration);
  }).observe({ type: 'event', durationThreshold: 16 });
})()`;
const PAINTED = 'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))';

export async function measure(stored: string): Promise<readonly Figure[]> {
  if (chromiumPath() === undefined) {
    process.stderr.write('page: needs chromium: run make e2e-components\n');
    return [];
  }
  const browser = await launchChromium();
  try {
    return [...(await overStore(browser, stored)), ...(await followingLive(browser))];
  } finally {
    await browser.close();
  }
}

async function overStore(browser: Browser, stored: string): Promise<readonly Figure[]> {
  const { dataDir } = await fullStore(stored);
  const dir = await temporaryDirectory();
  const tidings = startTidings(dir, ['serve', '--data', dataDir]);
  try {
    const url = await urlOf(tidings);
    const address = `${url}/explore?${await lastDay(url)}`;
    const loads: Load[] = [];
    for (let load = 0; load < LOADS; load++) loads.push(await firstLoad(browser, address));
    const page = await openPage(browser, address);
    const [facet, brush, keystroke] = [
      await interactions(page, () => page.locator('.facet-choice').nth(1).click()),
      await interactions(page, (index) => drag(page, index)),
      await interactions(page, async (index) => {
        await page.locator('#search').press('abcdefgh'.charAt(index));
      }),
    ];
    const unit = 'ms';
    const target = { atMost: 100 };
    return [
      {
        what: 'page: first load, files with gzip',
        value: median(loads.map(({ bytes }) => bytes)) / 1_000,
        unit: 'kB',
        target: { atMost: 200 },
      },
      {
        what: `page: usable, ${STORED} events stored, median of ${LOADS}`,
        value: median(loads.map(({ usableMs }) => usableMs)),
        unit,
        target: { atMost: 1_000 },
      },
      { what: `page: click on a facet to next paint, longest of ${INTERACTIONS}`, value: facet, unit, target },
      { what: 'page: brush over the histogram to next paint, longest', value: brush, unit, target },
      { what: 'page: key in the search to next paint, longest', value: keystroke, unit, target },
    ];
  } finally {
    await tidings.stop();
    await removeDirectory(dir);
  }
}

/** The load was made before: its day is not today. */
async function lastDay(url: string): Promise<string> {
  const { data } = await createClient({ url }).series({ from: '2000-01-01T00:00:00Z', limit: 1 });
  const to = Date.parse(data.rows[0]?.last ?? '');
  return `from=${new Date(to - DAY_MS).toISOString()}&to=${new Date(to).toISOString()}`;
}

interface Load {
  readonly bytes: number;
  readonly usableMs: number;
}

/** As somebody opens it who never did. */
async function firstLoad(browser: Browser, address: string): Promise<Load> {
  const context = await browser.newContext(MEASURED);
  const page = await context.newPage();
  const files = new Set<string>();
  page.on('request', (request) => {
    if (!request.url().includes('/tidings/v1/')) files.add(request.url());
  });
  const answer = await page.goto(address, { waitUntil: 'commit' });
  if (!answer?.ok()) throw new Error(`load the page: status ${answer?.status()}, want it built by npm run build`);
  const usable = await page.waitForFunction<number>(USABLE, undefined, { polling: 'raf' });
  const usableMs = await usable.jsonValue();
  await context.close();
  const sizes = await Promise.all(Array.from(files, gzipped));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), usableMs };
}

/** Bytes on the wire: a browser would choose what is smaller still. */
function gzipped(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve(bytes));
    }).on('error', reject);
  });
}

async function openPage(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage(MEASURED);
  await page.goto(address);
  await page.waitForFunction(USABLE);
  await page.evaluate(OBSERVE);
  return page;
}

/** The longest of some, each on a page that has answered the one before; what is faster than two frames is not listed. */
async function interactions(page: Page, act: (index: number) => Promise<void>): Promise<number> {
  const longest: number[] = [];
  for (let index = 0; index < INTERACTIONS; index++) {
    await page.waitForFunction(IDLE);
    await page.evaluate('void (window.interactions.length = 0)');
    await act(index);
    await page.evaluate(PAINTED);
    longest.push(await page.evaluate<number>('Math.max(16, ...window.interactions)'));
  }
  return quantile(longest, 1);
}

/** Narrower each time, and back to where it began. */
async function drag(page: Page, index: number): Promise<void> {
  const box = await page.locator('.histogram').boundingBox();
  if (!box) throw new Error('drag over the histogram: found none');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.2, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * (0.9 - index * 0.02), y, { steps: 10 });
  await page.mouse.up();
}

async function followingLive(browser: Browser): Promise<readonly Figure[]> {
  const dir = await temporaryDirectory();
  const api = await startApiServer({ live: 1_000, ttlMs: 3_600_000 });
  const tidings = startTidings(dir, ['run', '--data', join(dir, 'data'), '--server', api.url]);
  try {
    const url = await urlOf(tidings);
    await api.rate(RATE);
    const page = await openPage(browser, `${url}/explore?from=now-15m`);
    await page.keyboard.press('l');
    await page.waitForFunction(`document.querySelector('.live-button').dataset.state === 'on'`);
    const session = await page.context().newCDPSession(page);
    await sleep(FILL_MS);
    const before = await heapOf(session);
    await sleep(LIVE_MINUTES * 60_000);
    const after = await heapOf(session);
    const unit = 'MiB';
    return [
      { what: `page: heap after ${LIVE_MINUTES} min of live tail at ${RATE}/s`, value: after, unit },
      { what: 'the same, before', value: before, unit },
      { what: 'the same, growth', value: after / before, unit: 'times', target: { atMost: 1.1 } },
    ];
  } finally {
    await tidings.stop();
    await api.close();
    await removeDirectory(dir);
  }
}

/** What is in use once nothing is left to be collected. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}
