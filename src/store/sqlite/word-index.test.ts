import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { all, keysOf, model } from '../../../test/contract/history-model.ts';
import { eventFilter } from '../../component/event-filter.ts';
import type { EventFilter, EventGroup, EventQuery } from '../../component/history.ts';
import { type EventRecord, eventRecord } from '../../core/record.ts';
import { shortFormToFilter } from '../../lang/short-form.ts';
import { startWordIndexing } from '../../pipeline/word-indexing.ts';
import { createLogger } from '../../telemetry/log.ts';
import { IN_MEMORY, openForWriting } from './connection.ts';
import { SqliteStore } from './sqlite-store.ts';
import { WordIndexReader } from './word-index-reader.ts';
import { wordQuery } from './word-query.ts';
import { tableName } from './word-tables.ts';

const REASONS = ['BackOff', 'Pulled', 'backoff', 'Un-healthy', 'Un_healthy'];
const WORDS = ['Back-off', 'timed', 'out', 'pulling', 'pullsecret', '10.0.0.7', 'Größe', '語', '\uE000nshop', '\u0000'];

function record(spec: Parameters<typeof revision>[0], message: string): EventRecord {
  const { body, time, ...envelope } = revision(spec);
  return { ...eventRecord({ ...body, message }, envelope), time };
}

/** Opens a store whose connection the test has too. */
function opened() {
  const connection = openForWriting(IN_MEMORY, 1_000);
  const store = new SqliteStore(connection);
  onTestFinished(() => store.close());
  return { store, db: connection.db, restart: () => new SqliteStore(connection) };
}

function filtered(text: string): EventQuery {
  return { filter: eventFilter(shortFormToFilter(text)) };
}

describe('the index of words', () => {
  const message = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }).map((words) => words.join(' '));
  const term = fc.constantFrom(
    ...'back -back off pull* pulling bac* "timed|out" timed 10.0 größe 語 nshop *ull p*l'
      .split(' ')
      .map((one) => one.replace('|', ' ')),
    ...'reason:BackOff -reason:BackOff reason:Un-healthy ns:shop -ns:shop type:Warning kind:Pod'.split(' '),
  );
  const search = fc.array(term, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(' '));

  test('finds what a scan finds, however much of it is written, in either order and page by page', async () => {
    const specs = fc.array(
      fc.record({ message, reason: fc.constantFrom(...REASONS), second: fc.nat(50), bank: fc.boolean() }),
      { minLength: 5, maxLength: 30 },
    );
    const asked = fc.array(
      fc.record({
        search,
        order: fc.constantFrom('oldest-first', 'newest-first'),
        limit: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(specs, fc.nat(30), asked, async (events, indexed, questions) => {
        const { store: first, restart } = opened();
        const records = events.map(({ second, reason, bank, message: text }, index) => {
          const n = index + 1;
          const namespace = bank ? 'bank' : 'shop';
          return record({ event: n, object: n, resourceVersion: n, count: 1, second, reason, namespace }, text);
        });
        await first.apply(records);
        const store = restart();
        // Some of it alone: what is behind has to be found without the index.
        if (indexed > 0) await store.index({ limit: indexed });
        for (const { search: text, order, limit } of questions) {
          const question = filtered(text);
          const how = { order, revisions: true } as const;
          const expected = keysOf(model(records, question, how));
          expect(keysOf(await all(store, question, how))).toEqual(expected);
          const found: string[] = [];
          for (let after: string | undefined; ; ) {
            const page = await store.page(question, { ...how, limit, ...(after !== undefined && { after }) });
            found.push(...keysOf(page.events));
            after = page.next;
            if (after === undefined) break;
          }
          expect(found).toEqual(expected);
        }
      }),
      { numRuns: 80 },
    );
  });

  test('finds rare events and words among many, without looking at the others', async () => {
    const { store, db } = opened();
    const count = 20_000;
    const records = Array.from({ length: count }, (_, index) => {
      const n = index + 1;
      const isRare = n % 5_000 === 7;
      // The second half was last seen before the first one.
      const second = n <= count / 2 ? n + count : n;
      return record(
        { event: n, object: n % 50, resourceVersion: n, count: 1, second, reason: isRare ? 'Evicted' : 'BackOff' },
        isRare ? 'The node was low on resource: memory' : 'Back-off restarting failed container',
      );
    });
    await store.apply(records);
    expect(db.prepare('select indexed_seq from word_index').pluck().get()).toBe(20_000);
    for (const text of ['memory', 'reason:Evicted', 'reason:Evicted resource', 'back -reason:BackOff']) {
      for (const order of ['oldest-first', 'newest-first'] as const) {
        const { filter } = filtered(text);
        if (!filter) throw new TypeError(`${text} is a filter`);
        const matches = vi.fn<EventFilter['matches']>((event) => filter.matches(event));
        // Whatever it could tell of groups, it is asked of each event that is read.
        const ofGroup = (group: EventGroup) => filter.ofGroup(group) && undefined;
        const found = await all(store, { filter: { ...filter, ofGroup, matches } }, { order });
        const seqs = text.startsWith('back') ? [] : [10_007, 15_007, 7, 5_007];
        expect(found.map(({ body }) => Number(body.metadata.resourceVersion))).toEqual(
          order === 'oldest-first' ? seqs : seqs.toReversed(),
        );
        expect(matches.mock.calls.length).toBeLessThan(10);
      }
    }
  });

  test('is caught up with what it missed, and ends with the events', async () => {
    const { store: first, db, restart } = opened();
    const numbers = Array.from({ length: 2_500 }, (_, index) => index + 1);
    await first.apply(
      numbers.map((n) => record({ event: n, object: n, resourceVersion: n, count: 1, second: n }, `word${n}`)),
    );
    const store = restart();
    expect(await store.index({ limit: 1_000 })).toBe(1_500);
    const stop = startWordIndexing({
      history: store,
      logger: createLogger({ format: 'json', level: 'error', destination: { write: () => {} } }),
    });
    onTestFinished(stop);
    await vi.waitFor(async () => expect(await store.index({ limit: 1 })).toBe(0), 5_000);
    const [, ...rest] = [
      ...new WordIndexReader(db).rounds('"word7" OR "word2500"', {
        range: { from: START, to: START + 10_000_000 },
        oldestFirst: true,
        snapshot: 2_500,
      }),
    ];
    expect(rest.flatMap(({ seqs }) => seqs)).toEqual([7, 2_500]);
    expect(await store.expire({ before: START + 9_999_000, limit: 5_000 })).toBe(2_500);
    expect(db.prepare('select count(*) from event').pluck().get()).toBe(0);
    await store.apply([record({ event: 9_000, object: 1, resourceVersion: 9_000, count: 1, second: 20_000 }, 'after')]);
    expect(await all(store, filtered('after'), { order: 'newest-first' })).toHaveLength(1);
  });

  test('drops a table with the last of its events', async () => {
    const { store, db } = opened();
    await store.apply([record({ event: 1, object: 1, resourceVersion: 1, count: 1, second: 0 }, 'old')]);
    await store.index({ limit: 10 });
    db.exec('update store set last_seq = 3000000; update word_index set indexed_seq = 3000000');
    const reopened = new SqliteStore({ db, path: IN_MEMORY, requireFiles: () => {}, close: () => {} });
    await reopened.apply([record({ event: 2, object: 1, resourceVersion: 2, count: 1, second: 60 }, 'new')]);
    expect(await reopened.index({ limit: 10 })).toBe(0);
    const tables = () =>
      db.prepare("select name from sqlite_schema where name glob 'words_*' and sql glob '*fts5*'").pluck().all();
    await reopened.expire({ before: START + 30_000, limit: 10 });
    await reopened.apply([record({ event: 3, object: 1, resourceVersion: 3, count: 1, second: 61 }, 'newer')]);
    expect(tables().filter((name) => name === tableName(0))).toEqual([]);
    expect(keysOf(await all(reopened, filtered('new*'), { order: 'oldest-first' }))).toHaveLength(2);
  });
});

describe('wordQuery', () => {
  test('asks for what is wanted, or not for what is not, whichever is less', () => {
    const fields = (selected: string[], excluded: string[]) => ({
      fields: new Map([['reason' as const, { selected: new Set(selected), excluded: new Set(excluded) }]]),
    });
    const word = { word: 'back', isPrefix: true };
    const token = (value: string) => `"\uE000r${value}"`;
    expect(wordQuery(word, { fields: undefined })).toBe('"back"*');
    expect(wordQuery(undefined, fields(['A'], ['b', 'c']))).toBe(`(${token('a')})`);
    expect(wordQuery(word, fields(['A'], ['b', 'c']))).toBe(`("back"* AND (${token('a')}))`);
    expect(wordQuery(word, fields(['a', 'b'], ['c']))).toBe(`"back"* NOT ((${token('c')}))`);
    expect(wordQuery(undefined, fields(['a', 'b'], ['c']))).toBeUndefined();
    // Nothing tells them apart.
    expect(wordQuery(word, fields(['a', 'b'], ['A']))).toBe('"back"*');
    expect(wordQuery({ any: [word, { word: 'x', isPrefix: false }] }, fields(['a'], []))).toBe('("back"* OR "x")');
  });
});
