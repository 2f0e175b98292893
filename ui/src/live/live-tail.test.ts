import { describe, expect, test } from 'vitest';
import { ApiProblem, type StreamedEvent } from '../../../src/api/json/client.ts';
import type { EventRow } from '../api/questions.ts';
import { isAsked, LiveTail } from './live-tail.ts';
import { mergedRows } from './merged-rows.ts';

function row(uid: string, version: number): EventRow {
  const at = new Date(version * 1_000).toISOString();
  const object = { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'o' };
  const facts = {
    severity: 'normal',
    type: 'Normal',
    reason: 'Pulled',
    namespace: 'shop',
    node: '',
    source: 'kubelet',
  } as const;
  const seen = { first: at, last: at, count: 1, delta: 1, message: '', messageBytes: 0 };
  return { id: `${uid}/${version}`, uid, cluster: 'demo', object, ...facts, ...seen };
}

/** A server whose streams are scripted: what each sends before it breaks off; the last one stays open. */
function scripted(...streams: readonly (readonly StreamedEvent[])[]) {
  const asked: { q: string; cursor?: string }[] = [];
  const tail = new LiveTail<{ q: string }>(
    {
      async *stream(parameters, { signal }) {
        asked.push(parameters);
        yield* streams[asked.length - 1] ?? [];
        if (asked.length < streams.length) throw new TypeError('network error');
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    },
    { wait: async () => {}, now: () => 7_000 },
  );
  /** Resolves when it is in the state; the stop ends what waits. */
  const until = (reached: (state: ReturnType<typeof tail.state>) => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => reached(tail.state()) && resolve();
      tail.subscribe(look);
      look();
    });
  return { tail, asked, until };
}

/** Answers with a problem, and is left alone after the second. */
function refusing(status: number) {
  let asked = 0;
  const tail = new LiveTail<object>(
    {
      // oxlint-disable-next-line require-yield -- it never comes to that
      async *stream() {
        if (++asked === 2) tail.stop();
        throw new ApiProblem({ title: '', status, detail: '' });
      },
    },
    { wait: async () => {} },
  );
  return { tail, asked: () => asked };
}

const rows = (id: string, ...data: EventRow[]): StreamedEvent => ({ event: 'rows', id, data });

describe('LiveTail', () => {
  test('puts the newest first, and goes on after the last id when the connection breaks', async () => {
    const { tail, asked, until } = scripted([rows('1', row('a', 1), row('b', 2))], [rows('2', row('a', 3))]);
    const done = tail.start({ q: 'x' });
    await until(({ rows: { length } }) => length === 3);
    expect(tail.state().rows.map(({ id }) => id)).toEqual(['a/3', 'b/2', 'a/1']);
    expect(asked).toEqual([{ q: 'x' }, { q: 'x', cursor: '1' }]);
    tail.stop();
    await done;
    expect(tail.state()).toMatchObject({ status: 'off', rows: [] });
  });

  test('holds rows back while paused, and counts them', async () => {
    const { tail, until } = scripted([], [rows('1', row('a', 1), row('b', 2))]);
    const done = tail.start({ q: '' });
    tail.pause();
    await until(({ held }) => held === 2);
    expect(tail.state().rows).toEqual([]);
    tail.resume();
    expect(tail.state()).toMatchObject({ held: 0, isPaused: false, rows: [{ id: 'b/2' }, { id: 'a/1' }] });
    tail.stop();
    await done;
  });

  test('says what it did not receive', async () => {
    const { tail, until } = scripted([{ event: 'gap', id: '9', data: { until: '', detail: '' } }]);
    const done = tail.start({ q: '' });
    await until(({ gap }) => gap !== undefined);
    expect(tail.state()).toMatchObject({ status: 'on', gap: { from: 7_000, to: 7_000 } });
    tail.closeGap();
    expect(tail.state().gap).toBeUndefined();
    tail.stop();
    await done;
  });

  test.each([401, 403, 410])('ends when it is refused with %d, and says why', async (status) => {
    const { tail, asked } = refusing(status);
    await tail.start({});
    expect(asked()).toBe(1);
    expect(tail.state()).toMatchObject({ status: 'refused', problem: { details: { status } } });
    expect(isAsked(tail.state())).toBe(false);
    tail.pause();
    expect(tail.state().isPaused).toBe(false);
    tail.stop();
    expect(tail.state()).toMatchObject({ status: 'off', problem: undefined });
  });

  test.each([429, 503])('asks again after %d', async (status) => {
    const { tail, asked } = refusing(status);
    await tail.start({});
    expect(asked()).toBe(2);
    expect(tail.state()).toMatchObject({ status: 'off', problem: undefined });
  });
});

describe('mergedRows', () => {
  test('has an event once, at its newest revision, or each of its revisions', () => {
    const live = [row('a', 3), row('a', 2)];
    const listed = [row('a', 2), row('b', 1)];
    expect(mergedRows(live, listed, 'series').map(({ id }) => id)).toEqual(['a/3', 'b/1']);
    expect(mergedRows(live, listed, 'raw').map(({ id }) => id)).toEqual(['a/3', 'a/2', 'b/1']);
  });
});
