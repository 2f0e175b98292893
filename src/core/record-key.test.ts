import { describe, expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { recordKey } from './record-key.ts';

describe('recordKey', () => {
  const record = revision({ event: 1, resourceVersion: 7, second: 1, count: 1, object: 1 });

  test('is readable, printable ASCII without spaces', () => {
    const { uid } = record.body.metadata;
    expect(recordKey({ ...record, cluster: 'prod eu/1 ü' })).toBe(`prod%20eu%2F1%20%C3%BC/1/${uid}/7`);
  });

  test('tells clusters, epochs, events and revisions apart, however long their names', () => {
    const long = 'x'.repeat(600);
    const keys = [
      record,
      { ...record, cluster: 'other' },
      { ...record, epoch: 2 },
      { ...record, cluster: long },
      { ...record, cluster: long, epoch: 2 },
      revision({ event: 2, resourceVersion: 7, second: 1, count: 1, object: 1 }),
      revision({ event: 1, resourceVersion: 8, second: 1, count: 1, object: 1 }),
    ].map(recordKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThanOrEqual(512);
  });
});
