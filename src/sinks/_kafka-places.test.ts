import { expect, test } from 'vitest';
import { placesOf } from './_kafka-places.ts';

/** With three partitions, clients in Java send a and c to the second, b to the third. */
const keys = ['a', 'b', 'a', 'c', 'b'].map((key) => Buffer.from(key));

test('placesOf counts up from where the first record of each partition lies', () => {
  const first = [
    { partition: 2, offset: 7n },
    { partition: 1, offset: 21n },
  ];
  expect(placesOf(keys, 3, first).map((place) => `${place?.partition} ${place?.offset}`)).toEqual([
    '1 21',
    '2 7',
    '1 22',
    '1 23',
    '2 8',
  ]);
});

test('placesOf knows nothing of a partition the broker said nothing of', () => {
  expect(placesOf(keys, 3, [{ partition: 2, offset: 0n }]).map((place) => place?.offset)).toEqual([
    undefined,
    0n,
    undefined,
    undefined,
    1n,
  ]);
});
