import { describe, expect, test, vi } from 'vitest';
import type { Answer, Reply } from '../../../test/helpers/scripted-server.ts';
import {
  committed,
  event,
  frame,
  type Harness,
  list,
  positions,
  startSource,
  watch,
} from '../../../test/helpers/watched-source.ts';

describe('an idle watch', () => {
  test('moves the position to a refreshed version once it has ended cleanly', async () => {
    let clock = 1000;
    const harness = await startSource(
      { list: [list(7)], refresh: [list(40)], watch: [watch()] },
      { now: () => clock++ },
    );
    await committed(harness, '40');
    await vi.waitFor(() => expect(harness.server.of('watch')[1]?.query['resourceVersion']).toBe('40'));
    const [listed, refreshed] = harness.batches.map(({ observed }) => observed);
    expect(refreshed?.from).toBe(listed?.to);
    expect(refreshed?.to).toBeGreaterThan(refreshed?.from ?? 0);
  });

  test.each([
    ['is cut', (reply) => setTimeout(() => reply.cut(), 900)],
    ['is half-open', () => {}],
    ['is ended before its timeout', (reply) => setTimeout(() => reply.end(), 900)],
  ] satisfies [string, (reply: Reply) => unknown][])('does not when it %s', async (_, ending) => {
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(40)],
      watch: [
        (reply) => {
          reply.begin();
          ending(reply);
        },
        watch(frame('ADDED', event('late', 8))),
      ],
    });
    await committed(harness, '8');
    expect(harness.server.of('refresh').length).toBeGreaterThan(1);
    expect(positions(harness.batches)).toEqual(['7', '8']);
  });

  test('does not when a frame from before the refresh arrives after it', async () => {
    const delayed: Answer = (reply, { query }) => {
      reply.begin();
      setTimeout(() => reply.chunk(frame('ADDED', event('late', 8))), 850);
      setTimeout(() => reply.end(), Number(query['timeoutSeconds']) * 1000 + 5);
    };
    const harness = await startSource({ list: [list(7)], refresh: [list(40)], watch: [delayed, watch()] });
    await vi.waitFor(() => expect(harness.server.of('watch')).toHaveLength(2), { timeout: 3000 });
    expect(positions(harness.batches)).toEqual(['7', '8']);
    expect(harness.server.of('watch')[1]?.query['resourceVersion']).toBe('8');
  });

  test('does not move it back when a frame overtakes the answer to a refresh', async () => {
    let overtake = (): void => {};
    const idle: Answer = (reply, { query }) => {
      reply.begin();
      overtake = () => void reply.chunk(frame('ADDED', event('a', 50)));
      setTimeout(() => reply.end(), Number(query['timeoutSeconds']) * 1000 + 5);
    };
    const late: Answer = (reply, request) => {
      overtake();
      setTimeout(() => list(40)(reply, request), 30);
    };
    const harness = await startSource({ list: [list(7)], refresh: [late, () => {}], watch: [idle, watch()] });
    await vi.waitFor(() => expect(harness.server.of('watch')).toHaveLength(2), { timeout: 3000 });
    expect(positions(harness.batches)).toEqual(['7', '50']);
    expect(harness.server.of('watch')[1]?.query['resourceVersion']).toBe('50');
  });

  test('shows contact by its refreshes', async () => {
    const harness = await startSource({ list: [list(7)], refresh: [list(40)], watch: [watch()] });
    await vi.waitFor(() => expect(harness.source.status()[0]?.state).toBe('watching'));
    const before = harness.source.status()[0]?.lastContact ?? 0;
    await vi.waitFor(() => expect(harness.source.status()[0]?.lastContact).toBeGreaterThan(before));
  });
});

describe('contact', () => {
  const lastContact = ({ source }: Harness): number | undefined => source.status()[0]?.lastContact;

  test('is not made by lists that break off', async () => {
    const harness = await startSource({
      list: [(reply) => reply.begin().chunk('{"metadata":{"resourceVersion":"7"},"items":[').cut()],
    });
    await vi.waitFor(() => expect(harness.server.of('list').length).toBeGreaterThan(3));
    expect(lastContact(harness)).toBeUndefined();
  });

  test.each([
    ['that its position has expired', { kind: 'Status', code: 410, reason: 'Expired' }],
    ['that it has a problem', { kind: 'Status', code: 500 }],
  ])('is made once by watches that say nothing but %s', async (_, status) => {
    let clock = 1_000;
    const harness = await startSource(
      {
        list: [list(7)],
        refresh: [list(7)],
        watch: [(reply) => reply.begin().chunk(frame('ERROR', status))],
      },
      { now: () => ++clock },
    );
    await vi.waitFor(() => expect(harness.counted.get('ERROR')).toBeGreaterThan(0));
    const first = lastContact(harness);
    await vi.waitFor(() => expect(harness.counted.get('ERROR')).toBeGreaterThan(3));
    expect(first).toBeGreaterThan(1_000);
    expect(lastContact(harness)).toBe(first);
  });

  test('is not made by a server that answers everything but watches', async () => {
    const harness = await startSource({
      list: [list(7)],
      refresh: [list(7)],
      watch: [(reply) => reply.status(500, 'InternalError', 'no')],
    });
    await vi.waitFor(() => expect(harness.server.of('watch').length).toBeGreaterThan(3));
    expect(lastContact(harness)).toBeUndefined();
  });
});
