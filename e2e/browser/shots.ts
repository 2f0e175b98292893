/** `npm run shots`: pictures of the page for docs/page.md, of a simulated cluster that is the same each time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { STORE_FILE } from '../../src/app/store-file.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { Destination } from '../helpers/destination.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { RunningTidings } from '../helpers/tidings.ts';
import { launchChromium } from './chromium.ts';
import { palettePng } from './palette-png.ts';

const FOLDER = join(import.meta.dirname, '../../docs/page');
const SEED = 5;
const MINUTE = 60_000;
const CLUSTER = 'prod';

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const LOOKS = {
  light: { ...DESKTOP, colorScheme: 'light' },
  dark: { ...DESKTOP, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'light' },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly looks: readonly (keyof typeof LOOKS)[];
  /** What is there once it shows what it should. */
  readonly shows: string;
  readonly act?: (page: Page) => Promise<void>;
}

const openCritical = (page: Page) => page.locator('.event-row[data-severity=critical] .row-reason').first().click();

const openPager = (page: Page) => page.getByText('pager').first().click();

/** Another view is a line here, and one in docs/page.md. */
const SHOTS: readonly Shot[] = [
  { name: 'explore', path: '/explore?from=now-75m', looks: ['light', 'dark', 'phone'], shows: '.event-row' },
  {
    name: 'event',
    path: '/explore?from=now-75m&q=severity:critical',
    looks: ['dark'],
    shows: '.full-message',
    act: openCritical,
  },
  { name: 'nothing', path: '/explore?from=now-75m&q=reason:SystemOOM', looks: ['light'], shows: '.nothing' },
  { name: 'timeline', path: '/timeline?from=now-75m', looks: ['light', 'dark', 'phone'], shows: '.lane-label' },
  { name: 'coverage', path: '/coverage', looks: ['light'], shows: 'main h1, main h2' },
  {
    name: 'object',
    path: '/objects/workload/Deployment/payments/ledger?from=now-75m',
    looks: ['light'],
    shows: 'main h1',
  },
  { name: 'sinks', path: '/sinks', looks: ['light'], shows: 'main', act: openPager },
];

async function shots(): Promise<void> {
  const wanted = process.argv.slice(2);
  const directory = temporaryDirectory();
  const dataDir = join(directory.path, 'data');
  const now = Date.now();
  await watchedBefore(dataDir, now);
  const pager = new Destination({ refuses: (key) => Number(key.split('/').at(-1)) % 7 === 0 });
  const [browser, simulator] = await Promise.all([
    launchChromium(),
    startSimulator({ seed: SEED, speed: 0, pastMs: 60 * MINUTE, start: now }),
    pager.open(),
  ]);
  const config = join(directory.path, 'config.json');
  const sinks = [
    { name: 'pager', type: 'http', url: pager.url, from: 'beginning' },
    { name: 'archive', type: 'file', path: join(directory.path, 'archive.jsonl') },
  ];
  writeFileSync(config, JSON.stringify({ clusters: [{ name: CLUSTER, server: simulator.url }], sinks }));
  const tidings = new RunningTidings({ dataDir, args: ['--config', config] });
  try {
    await tidings.start();
    mkdirSync(FOLDER, { recursive: true });
    for (const shot of SHOTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      for (const look of shot.looks) await take(browser, tidings.url, shot, look);
    }
  } finally {
    await browser.close();
    await tidings.stop('SIGKILL');
    await Promise.all([simulator.close(), pager.close()]);
    directory.remove();
  }
}

/** As if somebody had been watching for hours, but for 17 minutes, and did until the program has started. */
async function watchedBefore(dataDir: string, now: number): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  const store = openSqliteStore({ path: join(dataDir, STORE_FILE) });
  const scope = { cluster: CLUSTER, epoch: 1, scope: '*', records: [] };
  const gap = { from: now - 41 * MINUTE, to: now - 24 * MINUTE };
  await store.append([
    { ...scope, observed: { from: now - 30 * 60 * MINUTE, to: gap.from } },
    {
      ...scope,
      observed: { from: gap.to, to: now + MINUTE / 6 },
      breaks: [{ ...gap, cause: 'stopped', healed: true, unknown: 'revisions' }],
    },
  ]);
  await store.close();
}

async function take(browser: Browser, url: string, shot: Shot, look: keyof typeof LOOKS): Promise<void> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...LOOKS[look],
  });
  const page = await context.newPage();
  await page.goto(url + shot.path);
  await page.waitForLoadState('networkidle');
  await shot.act?.(page);
  await page.locator(shot.shows).first().waitFor();
  await page.waitForLoadState('networkidle');
  const file = join(FOLDER, `${shot.name}-${look}.png`);
  writeFileSync(file, await optimised(browser, await page.screenshot()));
  process.stdout.write(`${file}\n`);
  await context.close();
}

/** The browser knows how to read what it has written. */
async function optimised(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  const read = await page.evaluate<{ width: number; height: number; base64: string }>(`(async () => {
    const blob = await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob();
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(new Blob([data]));
    });
    return { width, height, base64: url.slice(url.indexOf(',') + 1) };
  })()`);
  await page.close();
  return palettePng({ width: read.width, height: read.height, rgba: Buffer.from(read.base64, 'base64') });
}

await shots();
