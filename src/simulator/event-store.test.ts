import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, EventStore } from './event-store.ts';

const TTL_MS = 60_000;

function newStore(ttlMs = TTL_MS): EventStore {
  return new EventStore({ resourceVersion: 100, ttlMs, compactionMs: 300_000 });
}

function put(store: EventStore, name: string, now = 0): void {
  store.put('shop', name, now, (resourceVersion) => `{"metadata":{"resourceVersion":"${resourceVersion}"},"n":1}`);
}

function changesFrom(store: EventStore, resourceVersion: number): Change[] {
  const changes: Change[] = [];
  for (let position = store.positionAfter(resourceVersion); ; position += 1) {
    const change = store.changeAt(position);
    if (change === undefined || change === 'compacted') return changes;
    changes.push(change);
  }
}

describe('EventStore', () => {
  test('lets events of one lease expire together, under one resourceVersion that their last state then carries', () => {
    const store = newStore();
    put(store, 'a', 0);
    put(store, 'b', 1_000);
    // 5 % of the TTL later the next lease begins.
    put(store, 'c', 4_000);
    expect(store.nextExpiry).toBe(63_000);
    store.expire(63_000);
    const deleted = changesFrom(store, 103);
    expect(deleted.map(({ type, resourceVersion, event }) => [type, resourceVersion, event.name, event.json])).toEqual([
      ['DELETED', 104, 'a', '{"metadata":{"resourceVersion":"104"},"n":1}'],
      ['DELETED', 104, 'b', '{"metadata":{"resourceVersion":"104"},"n":1}'],
    ]);
    expect(store.nextExpiry).toBe(67_000);
    expect(store.size).toBe(1);
  });

  test('renews the time to live with every write', () => {
    const store = newStore();
    put(store, 'a', 0);
    put(store, 'a', 50_000);
    store.expire(63_000);
    expect(store.get('shop', 'a')?.resourceVersion).toBe(102);
    store.expire(113_000);
    expect(store.get('shop', 'a')).toBeUndefined();
  });

  test('forgets at a compaction what was there at the one before', () => {
    const store = newStore();
    put(store, 'a');
    store.compact();
    put(store, 'b');
    expect(changesFrom(store, 100)).toHaveLength(2);
    store.compact();
    expect(store.compacted).toBe(101);
    expect(changesFrom(store, 101).map(({ event }) => event.name)).toEqual(['b']);
    const position = store.positionAfter(101);
    put(store, 'c');
    store.compact();
    store.compact();
    expect(store.changeAt(position)).toBe('compacted');
  });

  test('goes back to a snapshot and reuses the resourceVersions since', () => {
    const store = newStore();
    put(store, 'a');
    const snapshot = store.snapshot();
    put(store, 'b');
    put(store, 'a');
    store.restore(snapshot);
    expect(store.resourceVersion).toBe(101);
    expect(store.get('shop', 'b')).toBeUndefined();
    expect(store.get('shop', 'a')?.resourceVersion).toBe(101);
    put(store, 'c');
    expect(changesFrom(store, 0).map(({ resourceVersion, event }) => [resourceVersion, event.name])).toEqual([
      [101, 'a'],
      [102, 'c'],
    ]);
    store.expire(63_000);
    expect(store.size).toBe(0);
  });

  test('pages through the state of a resourceVersion, whatever was written since', () => {
    const write = fc.record({ name: fc.nat({ max: 12 }).map(String), now: fc.nat({ max: 200_000 }) });
    fc.assert(
      fc.property(fc.array(write), fc.array(write), fc.integer({ min: 1, max: 5 }), (before, after, limit) => {
        const store = newStore();
        const apply = (writes: typeof before): void => {
          for (const { name, now } of writes) {
            store.expire(now);
            put(store, name, now);
          }
        };
        apply(before);
        const resourceVersion = store.resourceVersion;
        const all = store.page('shop/', 'shop0', Number.POSITIVE_INFINITY, resourceVersion).items;
        apply(after);
        const paged = [];
        for (let from: string | undefined = 'shop/'; from !== undefined; ) {
          const page = store.page(from, 'shop0', limit, resourceVersion);
          paged.push(...page.items);
          expect(page.remaining).toBe(all.length - paged.length);
          from = page.next;
        }
        expect(paged).toEqual(all);
      }),
    );
  });
});
