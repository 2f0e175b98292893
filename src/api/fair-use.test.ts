import { describe, expect, test, vi } from 'vitest';
import { EVENTS, served, versionsOf, watch } from '../../test/helpers/served-events.ts';
import { EVERYTHING_ALLOWED } from './access.ts';
import { FairUse, type FairUseLimits } from './fair-use.ts';

const LIMITS: FairUseLimits = {
  watches: { perCaller: 2, total: 3 },
  reads: { perCaller: 2, total: 3 },
  waiting: { perCaller: 2, ms: 60_000 },
  page: { items: 100, examined: 100 },
};
const never = new AbortController().signal;
const TOO_MANY = expect.objectContaining({ status: expect.objectContaining({ code: 429, reason: 'TooManyRequests' }) });

/** Whether each promise has settled, once everything that can has. */
async function settled(promises: readonly Promise<unknown>[]): Promise<boolean[]> {
  const found = promises.map(() => false);
  for (const [index, promise] of promises.entries()) {
    promise.then(
      () => (found[index] = true),
      () => (found[index] = true),
    );
  }
  await new Promise(setImmediate);
  return found;
}

describe('FairUse', () => {
  test('refuses watches above a limit, of one caller and of all', () => {
    const fairUse = new FairUse(LIMITS);
    const end = fairUse.watch('a');
    fairUse.watch('a');
    expect(() => fairUse.watch('a')).toThrow(TOO_MANY);
    fairUse.watch('b');
    expect(() => fairUse.watch('b')).toThrow(TOO_MANY);
    end();
    fairUse.watch('b');
  });

  test('lets reads wait for those of the same caller, and others begin', async () => {
    const fairUse = new FairUse(LIMITS);
    const first = await fairUse.read('a', never);
    await fairUse.read('a', never);
    const waiting = [fairUse.read('a', never), fairUse.read('a', never), fairUse.read('b', never)];
    expect(await settled(waiting)).toEqual([false, false, true]);
    await expect(fairUse.read('a', never)).rejects.toEqual(TOO_MANY);
    first();
    expect(await settled(waiting)).toEqual([true, false, true]);
  });

  test('begins next for whoever has the fewest running, however long others wait', async () => {
    const fairUse = new FairUse({ ...LIMITS, reads: { perCaller: 3, total: 3 } });
    const ends = await Promise.all([fairUse.read('a', never), fairUse.read('a', never), fairUse.read('a', never)]);
    const waiting = [fairUse.read('a', never), fairUse.read('a', never), fairUse.read('b', never)];
    ends[0]?.();
    expect(await settled(waiting)).toEqual([false, false, true]);
    ends[1]?.();
    expect(await settled(waiting)).toEqual([true, false, true]);
  });

  test('refuses a read that has waited for too long, or whose client has gone', async () => {
    const fairUse = new FairUse({ ...LIMITS, waiting: { perCaller: 2, ms: 20 } });
    const end = await fairUse.read('a', never);
    await fairUse.read('a', never);
    await expect(fairUse.read('a', never)).rejects.toEqual(TOO_MANY);
    const gone = new AbortController();
    const left = fairUse.read('a', gone.signal);
    gone.abort();
    await expect(left).rejects.toEqual(TOO_MANY);
    end();
    await fairUse.read('a', never);
  });

  test('gives each caller one turn after the other, however many one of them waits for', async () => {
    const fairUse = new FairUse(LIMITS);
    const order: string[] = [];
    const turn = async (caller: string): Promise<void> => {
      await fairUse.turn(caller);
      order.push(caller);
    };
    await Promise.all([turn('a'), turn('a'), turn('a'), turn('b'), turn('c'), turn('b')]);
    expect(order.join('')).toBe('abcaba');
  });
});

describe('a server', () => {
  test('answers 429 with Retry-After beyond the limit, and again when others have ended', async () => {
    const server = await served({ fairUse: new FairUse({ ...LIMITS, watches: { perCaller: 1, total: 1 } }) });
    await server.commit([{ resourceVersion: 10 }]);
    const open = await watch(server, 'resourceVersion=10&timeoutSeconds=1');
    const refused = await server.get(`${EVENTS}?watch=1`);
    expect([refused.status, refused.headers.get('retry-after'), refused.body.kind]).toEqual([429, '1', 'Status']);
    // Reads are counted apart.
    expect(versionsOf((await server.get(EVENTS)).body)).toEqual(['10']);
    await vi.waitFor(() => expect(open.hasEnded()).toBe(true), 5_000);
    await watch(server, 'resourceVersion=10&timeoutSeconds=1');
  });

  test('counts by who asks, not from where', async () => {
    const server = await served({
      fairUse: new FairUse({ ...LIMITS, watches: { perCaller: 1, total: 9 } }),
      access: { ...EVERYTHING_ALLOWED, events: async (_, { headers }) => ({ caller: String(headers['x-caller']) }) },
    });
    await server.commit([{ resourceVersion: 10 }]);
    const open = async (caller: string): Promise<number> => {
      const controller = new AbortController();
      const response = await fetch(`${server.url}${EVENTS}?watch=1`, {
        headers: { 'X-Caller': caller },
        signal: controller.signal,
      });
      return response.status;
    };
    expect([await open('ann'), await open('ben'), await open('ann')]).toEqual([200, 200, 429]);
  });
});

describe('a page', () => {
  test('ends after so many events that were looked at, and the next one goes on there', async () => {
    const server = await served({ fairUse: new FairUse({ ...LIMITS, page: { items: 40, examined: 60 } }) });
    await server.commit(Array.from({ length: 100 }, (_, index) => ({ resourceVersion: index + 1, second: index })));
    const asked = `${EVENTS}?limit=10&labelSelector=no`;
    const first = (await server.get(asked)).body;
    expect([first.items, first.metadata.continue]).toEqual([[], expect.any(String)]);
    const second = (await server.get(`${asked}&continue=${first.metadata.continue}`)).body;
    expect([second.items, second.metadata]).toEqual([[], { resourceVersion: '100' }]);
    // Nor has it more items than can be held.
    const page = (await server.get(`${EVENTS}?limit=5000`)).body;
    expect([page.items.length, page.metadata.continue]).toEqual([40, expect.any(String)]);
    const rest = (await server.get(`${EVENTS}?limit=50&continue=${page.metadata.continue}`)).body;
    expect(versionsOf(rest).slice(0, 2)).toEqual(['41', '42']);
  });
});
