import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterSources } from '../../test/contract/filter-arbitrary.ts';
import { eventRecord } from '../core/record.ts';
import { compileFilter } from './filter.ts';
import { partialFilter } from './partial-filter.ts';

const KNOWN = new Map([
  ['cluster', 'prod'],
  ['event.reason', 'BackOff'],
  ['event.type', 'Warning'],
]);

function decide(source: string): boolean | undefined {
  return partialFilter(compileFilter(source, { otherwise: false, onError: () => {} }).ast)(KNOWN);
}

describe('partialFilter', () => {
  test.each([
    ['true', true],
    ['event.reason == "BackOff"', true],
    ['event.reason != "BackOff"', false],
    ['"Normal" == event.type', false],
    ['cluster in ["test", "prod"]', true],
    ['cluster in ["test"]', false],
    ['cluster in ["test", event.message]', undefined],
    ['cluster in ["prod", event.message]', true],
    ['event.reason.startsWith("Back") && event.reason.endsWith("Off") && event.reason.contains("ckO")', true],
    ['event.reason.matches("^(?i)back")', true],
    ['event.reason.matches("^off")', false],
    ['event.message == ""', undefined],
    ['event.message == "" && event.type == "Normal"', false],
    ['event.type == "Warning" || event.message == ""', true],
    ['event.message == "" || event.message != ""', undefined],
    ['!(event.message == "")', undefined],
    ['!(event.type == "Normal")', true],
    ['event.type == "Warning" ? event.reason == "BackOff" : event.message == ""', true],
    ['event.message == "" ? true : true', undefined],
    ['event.count > 2', undefined],
    ['has(event.reason)', undefined],
    ['["x"].exists(cluster, cluster == "x")', undefined],
  ])('says of %s what follows from cluster, reason and type', (source, expected) => {
    expect(decide(source)).toBe(expected);
  });

  const source = filterSources([
    'event.reason == "BackOff"',
    'event.type in ["Normal"]',
    'cluster.startsWith("p")',
    'event.message == "m"',
    'event.count > 2',
    'int(event.message) > 2',
  ]);

  test('never contradicts the filter, whatever the rest of the event is', () => {
    const body = fc.record({
      metadata: fc.constant({ name: 'e', namespace: 'shop', uid: 'u', resourceVersion: '1' }),
      involvedObject: fc.constant({}),
      reason: fc.constantFrom('BackOff', 'Pulled', ''),
      type: fc.constantFrom('Normal', 'Warning'),
      message: fc.constantFrom('m', '3', ''),
      count: fc.integer({ min: 0, max: 4 }),
    });
    const envelope = { cluster: 'prod', epoch: 1, scope: '*', receivedAt: 0, origin: 'watch', news: true } as const;
    fc.assert(
      fc.property(source, body, (text, event) => {
        let failed = false;
        const filter = compileFilter(text, { otherwise: false, onError: () => (failed = true) });
        const decided = partialFilter(filter.ast)(
          new Map([
            ['cluster', 'prod'],
            ['event.reason', event.reason],
            ['event.type', event.type],
          ]),
        );
        const matches = filter.matches(eventRecord(event, envelope), { occurrences: 1 });
        expect(decided === undefined || (decided === matches && !failed)).toBe(true);
      }),
    );
  });
});
