/** The page in Debian's Chromium, on the simulated cluster. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violations } from './browser/axe.ts';
import { launchChromium } from './browser/chromium.ts';
import { visit } from './browser/page-visit.ts';
import { lackingBrowser } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings } from './helpers/tidings.ts';

describe.skipIf(lackingBrowser())('the page', () => {
  const directory = temporaryDirectory();
  const running = new RunningTidings({ dataDir: join(directory.path, 'data'), args: ['--demo'] });
  let browser: Browser;

  beforeAll(async () => {
    [browser] = await Promise.all([launchChromium(), running.start()]);
  });

  afterAll(async () => {
    await browser?.close();
    await running.stop('SIGKILL');
    directory.remove();
  });

  test('opens on Explore, and asks nobody but Tidings', async () => {
    const page = await visit(browser, running.url);
    await page.waitForURL('**/explore');
    expect(await violations(page)).toEqual([]);
  });
});
