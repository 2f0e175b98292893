import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DeleteClass, ExpiryClassifier } from './expiry-classifier.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Deletes one event every second, each at the next of these ages. */
function feed(classifier: ExpiryClassifier, agesMs: readonly number[], from = 0): DeleteClass[] {
  return agesMs.map((ageMs, index) => {
    const receivedAt = 10 * HOUR + from + index * 1000;
    return classifier.classify(receivedAt, receivedAt - ageMs);
  });
}

const expiries = (count: number, ttlMs = HOUR): number[] =>
  Array.from({ length: count }, (_, index) => ttlMs + (index % 61) * 1000);

describe('ExpiryClassifier', () => {
  test('goes by a configured TTL, with room for clocks that differ', () => {
    const classifier = new ExpiryClassifier(HOUR);
    expect(feed(classifier, [HOUR, HOUR + MINUTE, 58 * MINUTE, 56 * MINUTE, 0, -MINUTE])).toEqual([
      'expired',
      'expired',
      'expired',
      'deleted',
      'deleted',
      'deleted',
    ]);
  });

  test('does not classify before it has learned', () => {
    const classifier = new ExpiryClassifier();
    expect(new Set(feed(classifier, expiries(29)))).toEqual(new Set(['unclassified']));
    expect(feed(classifier, [HOUR, MINUTE], 100_000)).toEqual(['expired', 'deleted']);
  });

  test('learns the age at which most go, whatever the TTL', () => {
    fc.assert(
      fc.property(fc.integer({ min: MINUTE, max: 24 * HOUR }), (ttlMs) => {
        const classifier = new ExpiryClassifier();
        feed(
          classifier,
          expiries(60, ttlMs).map((ageMs) => Math.min(ageMs, ttlMs * 1.05)),
        );
        expect(feed(classifier, [ttlMs, ttlMs * 0.7 - 5000], 100_000)).toEqual(['expired', 'deleted']);
      }),
    );
  });

  test('learns in spite of deletes and of a few clocks that are wrong', () => {
    const classifier = new ExpiryClassifier();
    const ages = expiries(300).map((ageMs, index) =>
      index % 4 === 0 ? (index % 50) * MINUTE : index % 20 === 1 ? 30 * HOUR : ageMs,
    );
    feed(classifier, ages);
    expect(feed(classifier, [HOUR, 10 * MINUTE], 1_000_000)).toEqual(['expired', 'deleted']);
  });

  test('learns nothing from a namespace that is deleted at once, nor while ages are spread', () => {
    const classifier = new ExpiryClassifier();
    for (let count = 0; count < 5000; count++) classifier.classify(10 * HOUR + (count % 1000), 10 * HOUR - 40_000);
    expect(classifier.ttlMs).toBeUndefined();
    feed(
      classifier,
      Array.from({ length: 200 }, (_, index) => index * 17_000),
      1_000_000,
    );
    expect(classifier.ttlMs).toBeUndefined();
  });

  test('learns a changed TTL anew', () => {
    const classifier = new ExpiryClassifier();
    feed(classifier, expiries(900));
    feed(classifier, expiries(3000, 10 * MINUTE), 1_000_000);
    expect(feed(classifier, [10 * MINUTE, 5 * MINUTE], 9_000_000)).toEqual(['expired', 'deleted']);
  });

  test('does not classify an event without any time', () => {
    expect(new ExpiryClassifier(HOUR).classify(HOUR, undefined)).toBe('unclassified');
  });
});
