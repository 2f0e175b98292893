import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CachedObject, ObjectCache } from './object-cache.ts';
import { type ObjectMetadata, objectMetadata, sizeOf } from './object-metadata.ts';

const TOMBSTONE_MS = 1_000;

function metadata(uid: string, { name = uid, note = '' } = {}): ObjectMetadata {
  const parsed = objectMetadata({ uid, name, namespace: 'shop', resourceVersion: '1', annotations: { note } });
  if (!parsed) throw new Error('no metadata');
  return parsed;
}

const SIZE = sizeOf(metadata('u0'));

function cacheOf(maxBytes: number) {
  const clock = { now: 0 };
  const forgotten: string[] = [];
  const cache = new ObjectCache({
    maxBytes,
    tombstoneMs: TOMBSTONE_MS,
    now: () => clock.now,
    onForgotten: (collection) => forgotten.push(collection),
  });
  return { cache, clock, forgotten };
}

describe('ObjectCache', () => {
  test('forgets what was not used for longest, and says so', () => {
    const { cache, forgotten } = cacheOf(2 * SIZE);
    cache.put('pods', metadata('u1'));
    cache.put('pods', metadata('u2'));
    cache.get('u1');
    cache.put('pods', metadata('u3'));
    expect([cache.get('u1'), cache.get('u2'), cache.get('u3')].map((found) => found !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(forgotten).toEqual(['pods']);
  });

  test('remembers a deleted object for a while, with what was known of it', () => {
    const { cache, clock } = cacheOf(10 * SIZE);
    cache.put('pods', metadata('u1'));
    const alive = cache.get('u1');
    if (alive) alive.node = 'n1';
    clock.now = 5;
    cache.bury('pods', 'u1');
    clock.now += TOMBSTONE_MS - 1;
    expect(cache.get('u1')).toMatchObject({ deletedAt: 5, node: 'n1', metadata: { uid: 'u1' } });
    clock.now += 1;
    expect(cache.get('u1')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  test('lets nothing that was deleted come back, whoever is late', () => {
    const { cache } = cacheOf(10 * SIZE);
    cache.bury('pods', 'u1', metadata('u1'));
    cache.put('pods', metadata('u1'));
    expect(cache.get('u1')).toHaveProperty('deletedAt');
  });

  test('finds the one that is alive by a name that another had, whoever is told of first', () => {
    const { cache } = cacheOf(10 * SIZE);
    cache.put('pods', metadata('u1', { name: 'web-0' }));
    cache.put('pods', metadata('u2', { name: 'web-0' }));
    cache.bury('pods', 'u1');
    expect(cache.getByName('pods', 'shop', 'web-0')).toMatchObject({ metadata: { uid: 'u2' } });
    cache.bury('pods', 'u2');
    expect(cache.getByName('pods', 'shop', 'web-0')).toMatchObject({ metadata: { uid: 'u2' }, deletedAt: 0 });
  });

  test('gives up what is alive, which can be asked for again, before what is gone, up to half of its memory', () => {
    const { cache } = cacheOf(4 * SIZE);
    for (const uid of ['u1', 'u2']) cache.bury('pods', uid, metadata(uid));
    for (const uid of ['u3', 'u4', 'u5', 'u6']) cache.put('pods', metadata(uid));
    expect([cache.deleted, cache.alive]).toEqual([2, 2]);
    for (const uid of ['u7', 'u8']) cache.bury('pods', uid, metadata(uid));
    expect([cache.deleted, cache.alive]).toEqual([2, 2]);
    expect(cache.get('u1') ?? cache.get('u2')).toBeUndefined();
  });

  const uids = Array.from({ length: 9 }, (_, number) => `u${number}`);
  const step = fc.record({
    uid: fc.constantFrom(...uids),
    action: fc.constantFrom('put', 'put', 'bury', 'forget', 'wait'),
    note: fc.string({ maxLength: 600 }),
  });

  test('never holds more than it may, nor anything but what it was told last, whatever that is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 8 }), (steps, size) => {
        const { cache, clock } = cacheOf(size * SIZE);
        const told = new Told();
        const actions: Readonly<Record<string, (uid: string, note: string) => void>> = {
          put: (uid, note) => cache.put('pods', metadata(uid, { note })),
          bury: (uid) => cache.bury('pods', uid),
          forget: (uid) => cache.forget(uid),
          wait: () => void (clock.now += 300),
        };
        for (const { action, uid, note } of steps) {
          actions[action]?.(uid, note);
          told.take(action, uid, note, clock.now);
          expect(uids.flatMap((known) => told.problemsOf(known, cache.get(known), clock.now))).toEqual([]);
          expect(uids.map((known) => cache.getByName('pods', 'shop', known))).toEqual(
            uids.map((known) => (cache.get(known)?.metadata ? cache.get(known) : undefined)),
          );
          expect(cache.bytes).toBeLessThanOrEqual(size * SIZE);
        }
        for (const uid of uids) cache.forget(uid);
        expect([cache.bytes, cache.alive, cache.deleted]).toEqual([0, 0, 0]);
      }),
    );
  });
});

/** What a cache without limits would have to know. */
class Told {
  readonly #notes = new Map<string, string>();
  readonly #burials = new Map<string, Set<number>>();

  take(action: string, uid: string, note: string, now: number): void {
    if (action === 'put') this.#notes.set(uid, note);
    if (action === 'bury') this.#burials.set(uid, (this.#burials.get(uid) ?? new Set()).add(now));
  }

  problemsOf(uid: string, found: CachedObject | undefined, now: number): string[] {
    if (!found) return [];
    const { deletedAt, metadata: known } = found;
    if (deletedAt === undefined) return known?.annotations['note'] === this.#notes.get(uid) ? [] : [`${uid} is old`];
    const isTold = this.#burials.get(uid)?.has(deletedAt) === true;
    return isTold && now - deletedAt < TOMBSTONE_MS ? [] : [`${uid} is gone since ${deletedAt}`];
  }
}
