/** What every implementation of {@link Log} must do. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Batch, Log } from '../../src/component/log.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { revision, revisions } from './event-arbitrary.ts';

const RUNS = { numRuns: 40 };

/** `open` opens the log of that name; what was committed to it is there again when it is opened again. */
export function describeLog(name: string, open: (name: string) => Promise<Log>): void {
  const openForTest = async (logName: string = randomUUID()): Promise<Log> => {
    const log = await open(logName);
    onTestFinished(() => log.close());
    return log;
  };

  describe(`${name} as a log`, () => {
    test('is read in the order of commits, each record once, from any cursor, while it grows', async () => {
      const batches = revisions.chain((records) => fc.tuple(fc.constant(records), fc.integer({ min: 1, max: 7 })));
      await fc.assert(
        fc.asyncProperty(batches, fc.integer({ min: 1, max: 9 }), async ([records, size], limit) => {
          const log = await open(randomUUID());
          const seen: EventRecord[] = [];
          let cursor = await log.beginning();
          for (let start = 0; start < records.length; start += size) {
            // Every batch repeats the record before it, which is stored and must not be read again.
            const { page: appended } = await log.append([batchOf(records.slice(Math.max(start - 1, 0), start + size))]);
            const read = appended && { ...(await log.read(appended.after, { limit: 100 })), after: appended.after };
            expect(read).toEqual(appended);
            const page = await log.read(cursor, { limit });
            seen.push(...page.records);
            cursor = page.cursor;
          }
          for (let left = 1; left > 0; ) {
            const page = await log.read(cursor, { limit });
            left = page.records.length;
            expect(left).toBeLessThanOrEqual(limit);
            seen.push(...page.records);
            cursor = page.cursor;
          }
          expect((await log.read(cursor, { limit })).cursor).toBe(cursor);
          expect(seen).toEqual(records);
          expect(await log.end()).toBe(cursor);
          await log.close();
        }),
        RUNS,
      );
    });

    test('knows the place after each record that is stored, by cluster and epoch too', async () => {
      const log = await openForTest();
      const all = [1, 2, 3].map(one);
      await log.append([batchOf(all), { ...batchOf([{ ...one(2), cluster: 'test' }]), cluster: 'test' }]);
      const places = await Promise.all(all.map((record) => log.after(record)));
      const rest = async (place: string | undefined) => (await log.read(place ?? '', { limit: 10 })).records.length;
      expect(await Promise.all(places.map(rest))).toEqual([3, 2, 1]);
      expect(await log.after({ ...one(2), cluster: 'test' })).toBe(await log.end());
      expect(await log.after({ ...one(2), epoch: 2 })).toBeUndefined();
      expect(await log.after(one(9))).toBeUndefined();
    });

    test('keeps records, cursors, positions and acknowledgements over a restart', async () => {
      const place = randomUUID();
      const first = await openForTest(place);
      await first.append([{ ...batchOf([one(1), one(2)]), position: '2' }]);
      const { cursor } = await first.read(await first.beginning(), { limit: 1 });
      expect(await first.acknowledged('sink')).toBeUndefined();
      await first.acknowledge(new Map([['sink', cursor]]));
      await first.close();

      const second = await openForTest(place);
      expect(await second.acknowledged('sink')).toBe(cursor);
      expect((await second.read(cursor, { limit: 10 })).records).toEqual([one(2)]);
      expect((await second.register({ name: 'prod' })).positions.get('*')).toMatchObject({
        epoch: 1,
        resourceVersion: '2',
      });
      await second.acknowledge(new Map([['sink', await second.end()]]));
      await second.append([batchOf([one(2), one(3)])]);
      const acknowledged = (await second.acknowledged('sink')) ?? '';
      expect((await second.read(acknowledged, { limit: 10 })).records).toEqual([one(3)]);
    });

    test('commits how far a topic was read with the records from there, and keeps it over a restart', async () => {
      const place = randomUUID();
      const first = await openForTest(place);
      const from = (partition: number, next: bigint, topic = 'events') => ({ offset: { topic, partition, next } });
      await first.append([
        { ...batchOf([one(1)]), ...from(0, 7n) },
        { ...batchOf([one(2)]), ...from(3, 2n ** 53n + 1n) },
        { ...batchOf([]), ...from(0, 9n) },
        batchOf([one(3)]),
        { ...batchOf([one(4)]), ...from(0, 1n, 'others') },
      ]);
      await first.append([{ ...batchOf([one(1)]), ...from(0, 8n) }]);
      await first.close();

      const second = await openForTest(place);
      expect(await second.offsets('events')).toEqual(
        new Map([
          [0, 8n],
          [3, 2n ** 53n + 1n],
        ]),
      );
      expect(await second.offsets('never read')).toEqual(new Map());
    });

    test('finds the first record received at or after an instant', async () => {
      const log = await openForTest();
      const all = Array.from({ length: 9 }, (_, index) => ({ ...one(index + 1), receivedAt: 1_000 * (index + 1) }));
      await log.append([batchOf(all.slice(0, 5))]);
      await log.append([batchOf(all.slice(5))]);
      for (const [instant, first] of [
        [0, 0],
        [1_000, 0],
        [1_001, 1],
        [5_000, 4],
        [9_000, 8],
      ] as const) {
        const { records } = await log.read(await log.at(instant), { limit: 1 });
        expect(records).toEqual([all[first]]);
      }
      expect(await log.at(9_001)).toBe(await log.end());
    });

    test('counts the records between two cursors, also those it let go of', async () => {
      const log = await openForTest();
      const beginning = await log.beginning();
      expect(await log.distance(beginning, await log.end())).toBe(0);
      await log.append([batchOf([one(1), one(2), one(3)])]);
      await log.truncate(await log.end());
      expect(await log.distance(beginning, await log.end())).toBe(3);
      await expect(log.distance('x', await log.end())).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    });

    test('appends all of several batches or nothing', async () => {
      const log = await openForTest();
      const unusable = one(2);
      const broken = {
        ...unusable,
        body: { ...unusable.body, metadata: { ...unusable.body.metadata, resourceVersion: 'x' } },
      };
      const offset = { topic: 'events', partition: 0, next: 1n };
      const batches = [{ ...batchOf([one(1)]), position: '1', offset }, batchOf([broken])];
      await expect(log.append(batches)).rejects.toMatchObject({ code: 'EVENT_INVALID' });
      expect((await log.read(await log.beginning(), { limit: 10 })).records).toEqual([]);
      expect((await log.register({ name: 'prod' })).positions.size).toBe(0);
      expect(await log.append([batchOf([one(1)]), batchOf([one(2)])])).toMatchObject({ occurrences: [1, 1] });
      expect((await log.read(await log.beginning(), { limit: 10 })).records).toEqual([one(1), one(2)]);
    });

    test('commits a position or coverage alone', async () => {
      const log = await openForTest();
      expect(
        await log.append([
          { ...batchOf([]), position: '41' },
          { ...batchOf([]), observed: { from: 1_000, to: 2_000 } },
        ]),
      ).toMatchObject({
        occurrences: [],
      });
      expect((await log.register({ name: 'prod' })).positions).toEqual(
        new Map([['*', { epoch: 1, resourceVersion: '41', observedUntil: 2_000 }]]),
      );
    });

    test('refuses a cursor of another log, a cursor from before a truncation, and what is no cursor', async () => {
      const [log, other] = [await openForTest(), await openForTest()];
      for (const each of [log, other]) await each.append([batchOf([one(1), one(2), one(3)])]);
      const beginning = await log.beginning();
      const { cursor } = await log.read(beginning, { limit: 2 });
      await log.truncate(cursor);
      for (const bad of [beginning, await other.end(), '', 'x', `${await log.end()}0`]) {
        await expect(log.read(bad, { limit: 1 })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
        await expect(log.acknowledge(new Map([['sink', bad]]))).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
        await expect(log.truncate(bad)).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
      }
      expect(await log.beginning()).toBe(cursor);
      expect((await log.read(cursor, { limit: 10 })).records).toEqual([one(3)]);
    });

    test('finds a registered cluster by its uid, then by its name', async () => {
      const log = await openForTest();
      expect(await log.register({ name: 'prod' })).toEqual({ epoch: 1, positions: new Map() });
      await log.append([{ ...batchOf([one(1)]), position: '1' }]);
      // The rights to read the uid were given later.
      expect(await log.register({ name: 'prod', uid: 'a' })).toMatchObject({ epoch: 1 });
      const renamed = await log.register({ name: 'production', uid: 'a' });
      expect([...renamed.positions.keys()]).toEqual(['*']);
      const { records } = await log.read(await log.beginning(), { limit: 10 });
      expect(records).toEqual([{ ...one(1), cluster: 'production' }]);
      expect(await log.append([batchOf([{ ...one(1), cluster: 'production' }], 'production')])).toMatchObject({
        occurrences: [-1],
      });
      expect(await log.register({ name: 'prod', uid: 'b' })).toEqual({ epoch: 1, positions: new Map() });
    });

    test('lets two clusters swap their names', async () => {
      const log = await openForTest();
      for (const [name, uid] of [
        ['a', 'uid-a'],
        ['b', 'uid-b'],
      ] as const) {
        await log.register({ name, uid });
        await log.append([{ cluster: name, epoch: 1, scope: uid, records: [], position: '1' }]);
      }
      expect([...(await log.register({ name: 'b', uid: 'uid-a' })).positions.keys()]).toEqual(['uid-a']);
      expect([...(await log.register({ name: 'a', uid: 'uid-b' })).positions.keys()]).toEqual(['uid-b']);
    });

    test('begins the next epoch of a cluster that was rebuilt under its name', async () => {
      const log = await openForTest();
      await log.register({ name: 'prod', uid: 'a' });
      await log.append([{ ...batchOf([one(1)]), position: '1' }]);
      const rebuilt = await log.register({ name: 'prod', uid: 'b' });
      expect(rebuilt.epoch).toBe(2);
      expect(rebuilt.positions.get('*')).toMatchObject({ epoch: 1 });
      // The same resourceVersion of the same uid is another revision now.
      expect(await log.append([{ ...batchOf([{ ...one(1), epoch: 2 }]), epoch: 2 }])).toMatchObject({
        occurrences: [0],
      });
      expect(await log.register({ name: 'prod', uid: 'b' })).toMatchObject({ epoch: 2 });
    });

    test('remembers an epoch that its source began, and no position of an earlier one', async () => {
      const log = await openForTest();
      await log.register({ name: 'prod' });
      await log.append([{ ...batchOf([]), epoch: 2, position: '7' }]);
      await log.append([{ ...batchOf([]), epoch: 1, position: '900' }]);
      const { epoch, positions } = await log.register({ name: 'prod' });
      expect(epoch).toBe(2);
      expect(positions.get('*')).toMatchObject({ epoch: 2, resourceVersion: '7' });
    });
  });
}

function one(n: number): EventRecord {
  return revision({ event: n, object: 1, resourceVersion: n, second: n, count: 1 });
}

function batchOf(records: readonly EventRecord[], cluster = 'prod'): Batch {
  return { cluster, epoch: 1, scope: '*', records };
}
