/** What a frame of the page's timeline costs the main thread, at 100,000 marks, as they are zoomed and moved. */
import type { Browser } from 'playwright-core';
import { launchChromium } from '../e2e/browser/chromium.ts';
import { RunningTidings } from '../e2e/helpers/tidings.ts';
import { type Figure, median, quantile } from './measurement.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import { timelineAnswer } from './timeline-answer.ts';
import { frameCosts } from './trace-frames.ts';

const MARKS = 100_000;
const DAYS = 7;
const FRAMES = 240;
const OPEN = 'open=prod/shop/checkout-api';

/** As people look at it: lanes, one of them open, and all at once. */
const LOOKS = [
  { look: 'lanes', query: '' },
  { look: 'a workload open to its Pods', query: `&${OPEN}` },
  { look: 'all lanes fitted', query: '&fit=1' },
] as const;

const THROTTLES = [
  { rate: 1, target: { atMost: 8 } },
  { rate: 4, target: { atMost: 30 } },
] as const;

export async function measure(): Promise<readonly Figure[]> {
  const dataDir = await temporaryDirectory();
  // Serves the page, and answers everything but the timeline.
  const tidings = new RunningTidings({ dataDir, args: ['--demo'] });
  const browser = await launchChromium();
  try {
    await tidings.start();
    const figures: Figure[] = [];
    for (const { look, query } of LOOKS) {
      for (const { rate, target } of THROTTLES) {
        const costs = await costsOf(browser, `${tidings.url}/timeline?from=now-${DAYS}d${query}`, rate);
        const slowed = rate === 1 ? '' : `, CPU slowed ${rate} times`;
        const what = `timeline, ${MARKS} marks, ${look}${slowed}: main thread a frame`;
        figures.push({ what: `${what}, p95`, value: quantile(costs, 0.95), unit: 'ms', target });
        figures.push({ what: 'the same, median', value: median(costs), unit: 'ms' });
      }
    }
    return figures;
  } finally {
    await browser.close();
    await tidings.stop('SIGKILL');
    await removeDirectory(dataDir);
  }
}

/** Milliseconds, frame by frame. */
async function costsOf(browser: Browser, url: string, rate: number): Promise<readonly number[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const body = JSON.stringify(timelineAnswer({ marks: MARKS, days: DAYS, to: Date.now() }));
    await page.route('**/tidings/v1/timeline*', (route) => route.fulfill({ contentType: 'application/json', body }));
    await page.goto(url);
    await page.locator('.lane-label').first().waitFor();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    await browser.startTracing(page, {
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'],
    });
    await page.evaluate(handMoves(FRAMES));
    return frameCosts((await browser.stopTracing()).toString());
  } finally {
    await context.close();
  }
}

/** In the page: a wheel that zooms in, moves, scrolls and zooms out again, a turn of it a frame. */
function handMoves(frames: number): string {
  return `new Promise((done) => {
    const lanes = document.querySelector('.lanes');
    const { left, top, width, height } = lanes.getBoundingClientRect();
    const at = { clientX: left + width * 0.8, clientY: top + height / 2, bubbles: true, cancelable: true };
    let frame = 0;
    const turn = () => {
      const part = Math.floor((4 * frame) / ${frames});
      const wheel = [
        { deltaY: -20, ctrlKey: true },
        { deltaX: -12 },
        { deltaY: frame % 2 === 0 ? 40 : -30 },
        { deltaY: 20, ctrlKey: true },
      ][part];
      if (frame++ === ${frames}) return done();
      lanes.dispatchEvent(new WheelEvent('wheel', { ...at, ...wheel }));
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  })`;
}
