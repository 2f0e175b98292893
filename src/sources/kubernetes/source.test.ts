import { describe, expect, test, vi } from 'vitest';
import type { Answer } from '../../../test/helpers/scripted-server.ts';
import {
  breaks,
  committed,
  event,
  expired,
  frame,
  type Harness,
  list,
  startSource,
  watch,
} from '../../../test/helpers/watched-source.ts';

const ALL = { timeout: 5000, interval: 5 };

/** Answers by namespace. */
function byPath(answers: Readonly<Record<string, Answer>>): Answer {
  return (reply, request) => {
    const found = Object.entries(answers).find(([namespace]) => request.path.includes(`/${namespace}/`));
    if (found) found[1](reply, request);
    else reply.status(404, 'NotFound', request.path);
  };
}

const stateOf = ({ source }: Harness, scope: string) => source.status().find((status) => status.scope === scope);

describe('scopes', () => {
  test('of a list of namespaces are watched side by side, with the events about nodes', async () => {
    const harness = await startSource({ list: [list(7)], watch: [watch()] }, { namespaces: ['shop', 'bank'] });
    await vi.waitFor(() => expect(harness.server.of('watch')).toHaveLength(3));
    const asked = harness.server.of('list').map(({ path, query }) => `${path} ${query['fieldSelector'] ?? ''}`);
    expect(asked.toSorted()).toEqual([
      '/api/v1/namespaces/bank/events ',
      '/api/v1/namespaces/default/events involvedObject.kind=Node',
      '/api/v1/namespaces/shop/events ',
    ]);
    expect(harness.batches.map(({ scope, position }) => `${scope} ${position}`).toSorted()).toEqual([
      'bank 7',
      'default/nodes 7',
      'shop 7',
    ]);
  });

  test('that are refused name the missing rule, hinder no other, and are retried', async () => {
    let isAllowed = false;
    const message =
      'events is forbidden: User "tidings" cannot watch resource "events" in API group "" in the namespace "bank"';
    const bank: Answer = (reply, request) =>
      isAllowed ? watch(frame('ADDED', event('b', 9)))(reply, request) : reply.status(403, 'Forbidden', message);
    const harness = await startSource(
      {
        list: [list(7)],
        refresh: [list(20)],
        watch: [byPath({ bank, default: watch(frame('ADDED', event('a', 8))) })],
      },
      { namespaces: ['bank', 'default'] },
    );
    await vi.waitFor(() => expect(stateOf(harness, 'bank')?.state).toBe('refused'), ALL);
    expect(stateOf(harness, 'bank')?.problem).toContain('verb "watch" on resource "events" in namespace bank');
    expect(stateOf(harness, 'bank')?.problem).toContain(message);
    await vi.waitFor(
      () => expect(harness.batches).toContainEqual(expect.objectContaining({ scope: 'default', position: '8' })),
      ALL,
    );
    isAllowed = true;
    await vi.waitFor(
      () => expect(harness.batches).toContainEqual(expect.objectContaining({ scope: 'bank', position: '9' })),
      ALL,
    );
    expect(stateOf(harness, 'bank')).toMatchObject({ state: 'watching' });
    expect(breaks(harness.batches)).toEqual([]);
  });

  test('are refused when the credentials are not accepted', async () => {
    const harness = await startSource({ list: [(reply) => reply.status(401, 'Unauthorized', 'Unauthorized')] });
    await vi.waitFor(() => expect(stateOf(harness, '*')?.state).toBe('refused'), ALL);
    expect(stateOf(harness, '*')?.problem).toContain('credentials are not accepted');
  });
});

describe('a rewound cluster', () => {
  test('is found at the start: every scope lists in the next epoch, and only what came after the break is news', async () => {
    const harness = await startSource(
      {
        refresh: [list(40)],
        list: [
          list(
            41,
            event('old', 30, { lastTimestamp: '1970-01-01T00:00:00Z' }),
            event('new', 41, { lastTimestamp: '1970-01-01T00:00:09Z' }),
          ),
        ],
        watch: [watch()],
      },
      {
        namespaces: ['default', 'shop'],
        positions: {
          default: { resourceVersion: '90', observedUntil: 5000 },
          shop: { resourceVersion: '10', observedUntil: 6000 },
        },
        now: () => 20_000,
      },
    );
    await vi.waitFor(
      () => expect(harness.server.of('watch').filter(({ query }) => query['resourceVersion'] === '41')).toHaveLength(2),
      ALL,
    );
    const committedBatches = harness.batches.filter(({ position }) => position === '41');
    expect(committedBatches.map(({ scope, epoch }) => `${scope} ${epoch}`).toSorted()).toEqual(['default 2', 'shop 2']);
    const records = harness.batches.flatMap((batch) => batch.records);
    expect(new Set(records.map(({ body, epoch, news }) => `${body.metadata.name} ${epoch} ${news}`))).toEqual(
      new Set(['old 2 false', 'new 2 true']),
    );
    expect(breaks(harness.batches).toSorted((a, b) => a.from - b.from)).toEqual([
      expect.objectContaining({ cause: 'rewound', from: 5000, to: 20_000, healed: true }),
      expect.objectContaining({ cause: 'rewound', from: 6000, to: 20_000, healed: true }),
    ]);
    // The cluster may be another one now.
    expect(harness.registered).toHaveLength(2);
  });

  test('is found by the refresh of an idle watch, which would stay silent for ever', async () => {
    const harness = await startSource(
      { list: [list(90), list(41)], refresh: [list(40)], watch: [watch()] },
      { timings: { watchTimeoutMs: { min: 60_000, max: 60_000 } } },
    );
    await committed(harness, '41');
    expect(harness.batches.at(-1)).toMatchObject({ epoch: 2, breaks: [{ cause: 'rewound' }] });
  });

  test('is found after a connection was cut', async () => {
    const harness = await startSource(
      {
        list: [list(90), list(41)],
        refresh: [list(40)],
        watch: [(reply) => setTimeout(() => reply.begin().cut(), 20), watch()],
      },
      // Not by the refresh of an idle watch.
      { timings: { refreshIntervalMs: 60_000 } },
    );
    await committed(harness, '41');
    expect(harness.batches.at(-1)).toMatchObject({ epoch: 2, breaks: [{ cause: 'rewound' }] });
  });

  test('that the log found, by its UID, is listed in the epoch of the log', async () => {
    const harness = await startSource(
      { list: [list(400)], refresh: [list(400)], watch: [watch()] },
      { epoch: 3, positions: { '*': { epoch: 2, resourceVersion: '90' } } },
    );
    await committed(harness, '400');
    expect(harness.batches.at(-1)).toMatchObject({ epoch: 3, breaks: [{ cause: 'rewound', from: 1000 }] });
    expect(harness.server.of('refresh')).toEqual([]);
  });

  test('is not seen in a version that is newer, nor in one compacted away', async () => {
    const harness = await startSource(
      { refresh: [list(90)], list: [list(91)], watch: [(reply) => reply.json(410, expired), watch()] },
      { positions: { '*': {} } },
    );
    await committed(harness, '91');
    expect(harness.batches.at(-1)).toMatchObject({ epoch: 1, breaks: [{ cause: 'stopped' }] });
  });
});

describe('the source', () => {
  test('shows a server that cannot be reached, before it has registered', async () => {
    const harness = await startSource({ namespace: [(reply) => reply.cut()] }, { namespaces: ['default'] });
    await vi.waitFor(() => expect(stateOf(harness, 'default')).toMatchObject({ state: 'unreachable' }), ALL);
    expect(harness.registered).toEqual([]);
    await harness.stop();
  });
});
