/** The page's timeline in Debian's Chromium, on a simulated cluster whose clock stands still: what a reader does, and what they see. */
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../src/api/json/client.ts';
import { type Simulator, startSimulator } from '../src/simulator/simulator.ts';
import { violations } from './browser/axe.ts';
import { launchChromium } from './browser/chromium.ts';
import { HOSTILE_REASON, hiddenTexts, hostileEvents } from './browser/hostile-events.ts';
import { visit } from './browser/page-visit.ts';
import { lackingBrowser } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings } from './helpers/tidings.ts';

const HOUR = 3_600_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const LANES = '.lane-label:not([hidden])';

const lanes = (page: Page) => page.locator(LANES);
const plot = (page: Page) => page.locator('.lane-plot');
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

function windowOf(page: Page): { readonly from: number; readonly to: number } {
  const [from = 0, to = 0] = (parameter(page, 'win') ?? '').split('-').map(Number);
  return { from, to };
}

async function isLoaded(page: Page): Promise<void> {
  await lanes(page).first().waitFor();
}

async function boxOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await plot(page).boundingBox();
  if (!box) throw new Error('look at the lanes: found none');
  return box;
}

/** Where something is drawn in the colour of a token, below the ruler: the first such pixel, in CSS pixels of the page. */
async function drawnAt(page: Page, token: string): Promise<{ x: number; y: number }> {
  const found = `(() => {
    const canvas = document.querySelector('.lane-marks');
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--${token}').trim();
    const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data, width } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const { left, top } = canvas.getBoundingClientRect();
    for (let y = 30; y < canvas.height; y++)
      for (let x = 4; x < width - 4; x++)
        if (wanted.every((value, part) => data[4 * (y * width + x) + part] === value))
          return { x: left + x / devicePixelRatio, y: top + y / devicePixelRatio };
    return null;
  })()`;
  await expect.poll(() => page.evaluate(found)).not.toBeNull();
  return page.evaluate<{ x: number; y: number }>(found);
}

describe.skipIf(lackingBrowser())('the timeline', () => {
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

  const open = async (path: string, options: Parameters<typeof visit>[2] = {}) => {
    const page = await visit(browser, running.url + path, options);
    await isLoaded(page);
    return page;
  };

  test('is it only us, or everything: g t, f', async () => {
    const page = await visit(browser, `${running.url}/explore?from=now-2h`);
    await page.locator('.event-row').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await isLoaded(page);
    await page.keyboard.press('f');
    await page.waitForURL(/timeline\?from=now-2h&fit=1/);
    const { data } = await createClient({ url: running.url }).timeline({ from: 'now-2h' });
    expect(await page.locator('.lane-total').textContent()).toBe(`${data.lanes.length} lanes`);
    const namespaces = [...new Set(data.lanes.map(({ namespace }) => namespace))];
    await expect.poll(() => lanes(page).count()).toBe(namespaces.length);
    // Everything is in view: nothing is left to scroll to.
    const room = '(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.querySelector(".lanes"))';
    expect(await page.evaluate(room)).toBe(0);
    await drawnAt(page, 'critical');
  });

  test('says how far back it looked when the time was up, and goes on', async () => {
    const page = await open('/timeline?from=now-2h');
    // To run out of it takes more events than a test has.
    await page.route(/\/v1\/timeline\?/, async (route) => {
      if (new URL(route.request().url()).searchParams.has('timeoutSeconds')) return route.continue();
      const response = await route.fetch();
      const answer = await response.json();
      return route.fulfill({ response, json: { ...answer, leftOut: { before: answer.range.to } } });
    });
    await page.goto(`${running.url}/timeline?from=now-3h`);
    await page.locator('.left-out').getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => page.locator('.left-out').count()).toBe(0);
    await isLoaded(page);
    // Nothing was found as far as it looked: that does not mean that nothing happened.
    const nothing = page.getByText('Nothing happened', { exact: false });
    for (const view of ['timeline', 'objects']) {
      await page.goto(`${running.url}/${view}?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`);
      await page.locator('.left-out').waitFor();
      expect(await nothing.count()).toBe(0);
    }
  });

  test('why is it down: a click on the workload, g t, Enter opens its Pods', async () => {
    const page = await visit(browser, `${running.url}/explore?from=now-2h`);
    await page.locator('.facet-value').filter({ hasText: 'fraud-scoring' }).locator('.facet-choice').click();
    await page.waitForURL(/q=workload:fraud-scoring/);
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await isLoaded(page);
    await page.keyboard.press('Enter');
    await page.waitForURL(/open=/);
    const pods = page.locator(`${LANES}[aria-level="2"]`);
    await expect.poll(() => pods.count()).toBeGreaterThan(0);
    expect(await page.locator(`${LANES}[aria-level="1"]`).first().getAttribute('aria-expanded')).toBe('true');
    await drawnAt(page, 'lifetime');
    await drawnAt(page, 'critical');
  });

  test('which nodes went bad, and what was on them: g t, Node, a click on the red mark', async () => {
    const page = await visit(browser, `${running.url}/explore?from=now-2h&q=severity:critical`);
    await page.locator('.event-row').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await isLoaded(page);
    await page.locator('.timeline-bar').getByRole('button', { name: 'Node' }).click();
    await page.waitForURL(/group=node/);
    await expect.poll(() => lanes(page).first().textContent()).toMatch(/node-|\(none\)/);
    const mark = await drawnAt(page, 'critical');
    await page.mouse.click(mark.x + 1, mark.y + 1);
    await page.waitForURL(/sel=/);
    await page.getByText('Around the same time').waitFor();
    expect(await page.locator('.drawer-title .severity-mark').getAttribute('data-severity')).toBe('critical');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.drawer').count()).toBe(0);
  });

  test('says why nobody was watching where nobody was', async () => {
    const page = await open('/timeline');
    const { x, y, height } = await boxOf(page);
    await page.mouse.move(x + 20, y + height - 60);
    await expect.poll(() => page.locator('.lane-plot .tooltip').textContent()).toMatch(/not watched/);
  });

  test('moves and zooms by keys, wheel and drag, and the address says where', async () => {
    const page = await open('/timeline?from=now-2h');
    const { x, y, width } = await boxOf(page);
    await page.keyboard.press('+');
    await page.waitForURL(/win=/);
    const zoomed = windowOf(page);
    expect((zoomed.to - zoomed.from) / HOUR).toBeCloseTo(1, 1);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => (zoomed.from - windowOf(page).from) / HOUR).toBeCloseTo(0.15, 1);
    await page.keyboard.press('0');
    await expect.poll(() => parameter(page, 'win')).toBeNull();
    await page.mouse.move(x + width / 2, y + 80);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await expect.poll(() => windowOf(page).to - windowOf(page).from).toBeGreaterThan(0);
    const middle = (windowOf(page).from + windowOf(page).to) / 2;
    await page.mouse.down();
    await page.mouse.move(x + width * 0.75, y + 90, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => Math.abs(windowOf(page).from - middle)).toBeLessThan(60_000);
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: 'Whole range' }).click();
    await expect.poll(() => parameter(page, 'win')).toBeNull();
  });

  test('glides where motion is welcome, each key going on from where the one before leads', async () => {
    const page = await open('/timeline?from=now-2h', { reducedMotion: 'no-preference' });
    for (const key of ['+', '+', 'ArrowLeft']) await page.keyboard.press(key);
    await page.waitForURL(/win=/);
    const { from, to } = windowOf(page);
    expect((to - from) / HOUR).toBeCloseTo(0.5, 3);
  });

  test('chooses a window over the whole range, and moves it there', async () => {
    const page = await open('/timeline?from=now-2h');
    const strip = await page.locator('.context-strip').boundingBox();
    if (!strip) throw new Error('look at the strip: found none');
    const drag = async (from: number, to: number) => {
      await page.mouse.move(strip.x + strip.width * from, strip.y + 30);
      await page.mouse.down();
      await page.mouse.move(strip.x + strip.width * to, strip.y + 30, { steps: 4 });
      await page.mouse.up();
    };
    await drag(0.5, 0.75);
    await page.waitForURL(/win=/);
    const chosen = windowOf(page);
    expect((chosen.to - chosen.from) / HOUR).toBeCloseTo(0.5, 1);
    await drag(0.6, 0.7);
    await expect.poll(() => (windowOf(page).from - chosen.from) / HOUR).toBeCloseTo(0.2, 1);
    expect(windowOf(page).to - windowOf(page).from).toBeCloseTo(chosen.to - chosen.from, -2);
  });

  test('goes from warning to warning in a lane, and shows what is in view as a table', async () => {
    const { data } = await createClient({ url: running.url }).timeline({ from: 'now-2h' });
    const lane = data.lanes.findIndex((_, place) => {
      const severities = data.marks?.severity.filter((_, row) => data.marks?.lane[row] === place) ?? [];
      return severities.filter((severity) => severity < 2).length > 2;
    });
    const page = await open('/timeline?from=now-2h');
    for (let step = 0; step < lane; step++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('n');
    await page.waitForURL(/sel=/);
    const first = parameter(page, 'sel');
    await page.keyboard.press('n');
    await expect.poll(() => parameter(page, 'sel')).not.toBe(first);
    await page.keyboard.press('p');
    await expect.poll(() => parameter(page, 'sel')).toBe(first);
    await page.keyboard.press('t');
    const row = page.locator('.timeline-row').first();
    await row.waitFor();
    const grid = page.getByRole('grid', { name: 'Events' });
    expect(await grid.getAttribute('aria-rowcount')).toBe(String((data.marks?.lane.length ?? 0) + 1));
    await row.click();
    await expect.poll(() => row.getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('t');
    await lanes(page).first().waitFor();
  });

  test('walks lanes by arrows, and opens and closes one, from its label too', async () => {
    const page = await open('/timeline?from=now-2h');
    await lanes(page).first().getByRole('gridcell').first().focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.evaluate('document.activeElement.parentElement.ariaRowIndex')).toBe('2');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/open=/);
    const first = page.locator(`${LANES}[aria-rowindex="1"]`);
    await expect.poll(() => first.getAttribute('aria-expanded')).toBe('true');
    await expect.poll(() => page.locator(`${LANES}[aria-level="2"]`).count()).toBeGreaterThan(0);
    await page.keyboard.press('Space');
    await expect.poll(() => first.getAttribute('aria-expanded')).toBe('false');
  });

  test('draws counts where there is too much, and asks closer for what is in view', async () => {
    const page = await open('/timeline');
    const asked: URLSearchParams[] = [];
    await page.route('**/tidings/v1/timeline*', async (route) => {
      const url = new URL(route.request().url());
      asked.push(new URLSearchParams(url.searchParams));
      if (!url.searchParams.has('max')) url.searchParams.set('max', '10');
      await route.continue({ url: url.href });
    });
    await page.goto(`${running.url}/timeline?from=now-24h&q=severity:critical`);
    await isLoaded(page);
    await drawnAt(page, 'critical');
    expect(asked.some((parameters) => parameters.has('max'))).toBe(false);
    const mark = await drawnAt(page, 'critical');
    for (let clicks = 0; clicks < 3 && parameter(page, 'sel') === null; clicks++) {
      const { x, y } = clicks === 0 ? mark : await drawnAt(page, 'critical');
      await page.mouse.click(x + 1, y + 1);
      await page.waitForTimeout(600);
    }
    expect(asked.some((parameters) => parameters.get('max') === '50000')).toBe(true);
    expect(parameter(page, 'sel')).not.toBeNull();
  });

  test('keeps what it shows when an answer does not come, and says so', async () => {
    const page = await visit(browser, `${running.url}/coverage`, { expected: /ERR_|status of 5/ });
    let isGone = false;
    // From the beginning: Chromium loses requests that are sent in the moment in which it begins to hold them.
    await page.route('**/tidings/v1/timeline*', (route) =>
      isGone ? route.fulfill({ status: 503, body: 'gone for a moment' }) : route.continue(),
    );
    await page.goto(`${running.url}/timeline?from=now-2h`);
    await isLoaded(page);
    isGone = true;
    await page.keyboard.press('2');
    await page.waitForURL(/from=now-1h/);
    await page.getByRole('alert').waitFor({ timeout: 20_000 });
    expect(await lanes(page).count()).toBeGreaterThan(0);
    isGone = false;
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  test('goes through its table by arrows, and leaves them to what lies over the view', async () => {
    const page = await open('/timeline?from=now-2h');
    await page.keyboard.press('t');
    const focused = page.locator('.timeline-row:focus');
    expect(await page.locator('.timeline-row[tabindex="0"]').count()).toBe(1);
    await page.locator('.timeline-row').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    expect(await focused.getAttribute('aria-rowindex')).toBe('3');
    await page.locator('.full-message').waitFor();
    await page.keyboard.press('t');
    await isLoaded(page);
    const current = page.locator('.lane-label.current');
    const before = await current.getAttribute('aria-rowindex');
    await page.locator('.drawer-close').focus();
    await page.keyboard.press('ArrowDown');
    expect(await current.getAttribute('aria-rowindex')).toBe(before);
  });

  test('switched off, single keys write no more than characters', async () => {
    const page = await open('/timeline?from=now-2h');
    await page.evaluate("localStorage.setItem('tidings.keys', 'off')");
    await page.keyboard.press('t');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.locator('.lane-label.current').getAttribute('aria-rowindex')).toBe('2');
    expect(await page.locator('.timeline-table').count()).toBe(0);
  });

  test('shows hostile names and reasons harmlessly', async () => {
    const page = await open(`/timeline?from=now-2h&q=reason:${HOSTILE_REASON}`);
    expect(await page.locator('.lanes script, .lanes img').count()).toBe(0);
    expect(await page.locator('.lane-label button[title*="U+202E"]').count()).toBe(1);
    expect(await hiddenTexts(page)).toEqual([]);
    await page.keyboard.press('t');
    await page.locator('.timeline-row').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('is held by fingers: one moves time, two come closer, a long press chooses', async () => {
    const page = await open('/timeline?from=now-2h&win=', PHONE);
    const session = await page.context().newCDPSession(page);
    const { x, y } = await boxOf(page);
    const at = (dx: number, dy = 0) => ({ x: x + 150 + dx, y: y + 200 + dy });
    await touch(session, [
      [at(-40), at(40)],
      [at(-80), at(80)],
    ]);
    await expect.poll(() => windowOf(page).to - windowOf(page).from).toBeGreaterThan(0);
    const zoomed = windowOf(page);
    expect((zoomed.to - zoomed.from) / HOUR).toBeCloseTo(1, 1);
    await touch(session, [[at(0)], [at(-20)], [at(-60)]]);
    await expect.poll(() => windowOf(page).from).toBeGreaterThan(zoomed.from);
    const moved = windowOf(page);
    await touch(session, [[at(-50)], [at(0)], [at(50)]], 600);
    await expect.poll(() => windowOf(page).to - windowOf(page).from).toBeLessThan((moved.to - moved.from) / 2);
  });

  test.each(['desktop', 'phone'])(
    'has nothing that axe-core finds against WCAG 2.2 AA, in any state on a %s',
    async (device) => {
      const page = await open('/timeline?from=now-2h', device === 'phone' ? PHONE : {});
      const found: Record<string, readonly string[]> = {};
      const look = async (state: string) => {
        found[state] = await violations(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        found[`${state}, dark`] = await violations(page, ['color-contrast']);
        await page.emulateMedia({ colorScheme: 'light' });
      };
      await look('lanes');
      await lanes(page).first().getByRole('gridcell').first().click();
      await page.locator(`${LANES}[aria-level="2"]`).first().waitFor();
      await look('open');
      await page.keyboard.press('f');
      await look('fitted');
      await page.keyboard.press('f');
      await page.keyboard.press('t');
      await page.locator('.timeline-row').first().click();
      await page.locator('.full-message').waitFor();
      await look('table and drawer');
      await page.goto(`${running.url}/timeline?from=now-2h&q=reason:Nothing`);
      await page.getByRole('button', { name: 'Clear the filter' }).waitFor();
      await look('nothing');
      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
    },
  );
});

type Finger = { readonly x: number; readonly y: number };

/** Fingers from place to place, the first of them held for a while. */
async function touch(session: CDPSession, places: readonly (readonly Finger[])[], holdMs = 0): Promise<void> {
  for (const [step, fingers] of places.entries()) {
    const type = step === 0 ? 'touchStart' : 'touchMove';
    const touchPoints = fingers.map(({ x, y }, id) => ({ x, y, id }));
    await session.send('Input.dispatchTouchEvent', { type, touchPoints });
    if (step === 0 && holdMs > 0) await new Promise((resolve) => setTimeout(resolve, holdMs));
  }
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}
