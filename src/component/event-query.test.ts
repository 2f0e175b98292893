import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { revisions, START } from '../../test/contract/event-arbitrary.ts';
import { recordKey } from '../core/record-key.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { asStored, matches } from './event-query.ts';
import type { EventQuery, StoredEvent } from './history.ts';

const time = fc.integer({ min: 0, max: 13 }).map((step) => START + step * 600_000);
const object = fc.record(
  {
    name: fc.constantFrom('web-0', 'web-1', 'web-2'),
    kind: fc.constantFrom('Pod', 'pod', 'Node'),
    namespace: fc.constantFrom('shop', 'bank'),
    uid: fc.constantFrom('00001000-0000-4000-8000-000000000000', '00001001-0000-4000-8000-000000000000', 'other'),
  },
  { requiredKeys: ['name'] },
);
const queries: fc.Arbitrary<EventQuery> = fc.record(
  {
    clusters: fc.subarray(['prod', 'test']),
    namespaces: fc.subarray(['shop', 'bank']),
    types: fc.subarray(['Warning', 'Normal']),
    reasons: fc.subarray(['BackOff', 'Pulled']),
    object,
    since: time,
    until: time,
  },
  { requiredKeys: [] },
);

const byKey = (a: StoredEvent, b: StoredEvent): number => (recordKey(a) < recordKey(b) ? -1 : 1);

/** Each condition of a query by itself, since all of them together are rarely met. */
const alone = (query: EventQuery): EventQuery[] =>
  Object.entries(query).map(([condition, value]): EventQuery => ({ [condition]: value }));

describe('matches and asStored', () => {
  test('give what the same query of the history gives', async () => {
    await fc.assert(
      fc.asyncProperty(revisions, queries, async (records, query) => {
        const store = openSqliteStore({ path: ':memory:' });
        await store.apply(records);
        const { occurrences } = await store.read(await store.beginning(), { limit: records.length });
        for (const question of [query, ...alone(query)]) {
          const found: StoredEvent[] = [];
          for await (const one of store.events(question, { revisions: true, order: 'oldest-first' })) found.push(one);
          const followed = records
            .map((record, index) => asStored(record, occurrences[index] ?? 0))
            .filter((event) => matches(event, question));
          expect(followed.toSorted(byKey)).toEqual(found.toSorted(byKey));
        }
        await store.close();
      }),
    );
  });
});
