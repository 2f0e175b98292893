import { describe, expect, test } from 'vitest';
import { createLogger } from '../../telemetry/log.ts';
import { ApiStatusError } from './api-status.ts';
import { ScopeHealth } from './scope-health.ts';
import { DEFAULT_TIMINGS } from './watch-timings.ts';

const answer = (status: number, retryAfterMs?: number) =>
  new ApiStatusError('list events', { status, body: undefined, retryAfterMs });

function health() {
  const lines: string[] = [];
  const clock = { now: 1_000 };
  const scope = new ScopeHealth({
    cluster: 'prod',
    scope: 'shop',
    logger: createLogger({ format: 'json', level: 'info', destination: { write: (line) => lines.push(line) } }),
    timings: { ...DEFAULT_TIMINGS, backoff: { baseMs: 100, capMs: 400 }, maxRetryAfterMs: 5_000 },
    now: () => clock.now,
    random: () => 1,
  });
  return { scope, clock, logged: () => lines.map((line) => (JSON.parse(line) as { message: string }).message) };
}

describe('ScopeHealth', () => {
  test('goes from connecting to what works, and says when something was heard while watching', () => {
    const { scope, clock } = health();
    expect(scope.status).toEqual({ cluster: 'prod', scope: 'shop', state: 'connecting' });
    scope.works('listing');
    scope.heard();
    expect(scope.status).toEqual({ cluster: 'prod', scope: 'shop', state: 'listing' });
    scope.works('watching');
    clock.now = 2_000;
    scope.heard();
    expect(scope.status).toEqual({ cluster: 'prod', scope: 'shop', state: 'watching', lastContact: 2_000 });
    scope.failed(answer(403));
    clock.now = 3_000;
    scope.heard();
    expect(scope.status.lastContact).toBe(2_000);
  });

  test('names the right that is missing for what was tried, logs it once, and forgets it when it works again', () => {
    const { scope, logged } = health();
    scope.attempts('watch');
    expect(scope.failed(answer(403)).kind).toBe('refused');
    scope.failed(answer(403));
    expect(scope.status).toMatchObject({ state: 'refused', problem: expect.stringContaining('verb "watch"') });
    scope.works('watching');
    expect(scope.status).toEqual({ cluster: 'prod', scope: 'shop', state: 'watching', lastContact: 1_000 });
    expect(logged()).toEqual(['refused', 'watching again']);
  });

  test('takes no watch for contact after one that brought nothing but an error, until it brings more', () => {
    const { scope, clock } = health();
    scope.works('watching');
    scope.erred();
    clock.now = 2_000;
    scope.works('watching');
    expect(scope.status.lastContact).toBe(1_000);
    scope.heard();
    clock.now = 3_000;
    scope.works('watching');
    expect(scope.status.lastContact).toBe(3_000);
  });

  test('keeps its state when only the position is gone', () => {
    const { scope } = health();
    scope.works('watching');
    expect(scope.failed(answer(410)).kind).toBe('expired');
    expect(scope.status.state).toBe('watching');
  });

  test('waits longer each time, and as long as the server asks within a bound', () => {
    const { scope } = health();
    expect([answer(500), answer(500), answer(500)].map((error) => scope.failed(error).delayMs)).toEqual([
      100, 200, 400,
    ]);
    expect(scope.failed(answer(429, 3_000)).delayMs).toBe(3_100);
    expect(scope.failed(answer(429, 3_600_000)).delayMs).toBe(5_100);
    expect(scope.failed(answer(429, 0)).delayMs).toBe(400);
  });
});
