import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../core/event.ts';
import { eventRecord } from '../core/record.ts';
import { compileFilter } from './filter.ts';

const ENVELOPE = { cluster: 'prod', epoch: 1, scope: '*', receivedAt: 0, origin: 'watch', news: true } as const;

/** A condition in CEL, and what it means. */
interface Condition {
  readonly source: string;
  readonly holds: (event: Event) => boolean;
}

const TEXT_FIELDS: readonly [string, (event: Event) => string][] = [
  ['event.reason', (event) => event.reason ?? ''],
  ['event.message', (event) => event.message ?? ''],
  ['event.involvedObject.name', (event) => event.involvedObject.name ?? ''],
  ['event.source.host', (event) => event.source?.host ?? ''],
  ['event.related.kind', (event) => event.related?.kind ?? ''],
];

const NUMBER_FIELDS: readonly [string, (event: Event) => number][] = [
  ['event.count', (event) => event.count ?? 0],
  ['event.series.count', (event) => event.series?.count ?? 0],
];

const COMPARISONS: readonly [string, (a: number, b: number) => boolean][] = [
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['<', (a, b) => a < b],
  ['>=', (a, b) => a >= b],
];

const word = fc.constantFrom('', 'a', 'b', 'ab', 'ba', '"', '\\', 'é', '*');
const number = fc.integer({ min: 0, max: 3 });

const textCondition = fc
  .record({
    field: fc.constantFrom(...TEXT_FIELDS),
    operation: fc.constantFrom('==', '!=', 'in', 'contains', 'startsWith', 'endsWith'),
    value: word,
  })
  .map(({ field: [name, read], operation, value }): Condition => {
    const text = JSON.stringify(value);
    if (operation === '==') return { source: `${name} == ${text}`, holds: (event) => read(event) === value };
    if (operation === '!=') return { source: `${name} != ${text}`, holds: (event) => read(event) !== value };
    if (operation === 'in')
      return { source: `${name} in ["a", ${text}]`, holds: (event) => ['a', value].includes(read(event)) };
    const source = `${name}.${operation}(${text})`;
    if (operation === 'contains') return { source, holds: (event) => read(event).includes(value) };
    if (operation === 'startsWith') return { source, holds: (event) => read(event).startsWith(value) };
    return { source, holds: (event) => read(event).endsWith(value) };
  });

const numberCondition = fc.tuple(fc.constantFrom(...NUMBER_FIELDS), fc.constantFrom(...COMPARISONS), number).map(
  ([[name, read], [operator, compare], value]): Condition => ({
    source: `${name} ${operator} ${value}`,
    holds: (event) => compare(read(event), value),
  }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    textCondition,
    numberCondition,
    fc.constant<Condition>({
      source: 'has(event.series)',
      holds: (event) => Object.keys(event.series ?? {}).length > 0,
    }),
    tie('condition').map(
      (inner): Condition => ({ source: `!(${inner.source})`, holds: (event) => !inner.holds(event) }),
    ),
    fc.tuple(tie('condition'), tie('condition')).map(
      ([a, b]): Condition => ({
        source: `(${a.source} && ${b.source})`,
        holds: (event) => a.holds(event) && b.holds(event),
      }),
    ),
    fc.tuple(tie('condition'), tie('condition')).map(
      ([a, b]): Condition => ({
        source: `(${a.source} || ${b.source})`,
        holds: (event) => a.holds(event) || b.holds(event),
      }),
    ),
  ),
}));

const text = fc.array(word, { maxLength: 3 }).map((words) => words.join(''));
const arbitraryEvent = fc.record(
  {
    metadata: fc.constant({ name: 'x', uid: 'e2', resourceVersion: '1' }),
    involvedObject: fc.record({ name: text }, { requiredKeys: [] }),
    reason: text,
    message: text,
    source: fc.record({ host: text }, { requiredKeys: [] }),
    related: fc.record({ kind: text }, { requiredKeys: [] }),
    count: number,
    series: fc.record({ count: number }, { requiredKeys: [] }),
  },
  { requiredKeys: ['metadata', 'involvedObject'] },
) as fc.Arbitrary<Event>;

test('a generated filter selects what the same condition in TypeScript selects', () => {
  fc.assert(
    fc.property(condition, fc.array(arbitraryEvent, { minLength: 1, maxLength: 5 }), ({ source, holds }, events) => {
      const problems: unknown[] = [];
      const filter = compileFilter(source, { otherwise: false, onError: (error) => problems.push(error) });
      const records = events.map((event) => eventRecord(event, ENVELOPE));
      expect(records.map((record) => filter.matches(record, { occurrences: 1 }))).toEqual(events.map(holds));
      expect(problems).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
