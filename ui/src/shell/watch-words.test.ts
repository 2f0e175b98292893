import { expect, test } from 'vitest';
import { textsOf } from '../text/texts.ts';
import { clockOf } from '../time/clock.ts';
import { watchStateOf } from './watch-words.ts';

const texts = textsOf('en');
const clock = clockOf('UTC', 'en-GB');
const known = { name: 'prod', watching: true, observedUntil: '2026-03-12T03:00:00Z' };
const state = (clusters: Parameters<typeof watchStateOf>[0]['clusters'], silentMs?: number) =>
  watchStateOf({ clusters, silentMs }, texts, clock);

test('watchStateOf says whether anybody is looking, and since when not', () => {
  expect(state([known])).toEqual({ state: 'watching', words: 'Watching prod' });
  expect(state([known, { ...known, name: 'edge' }])).toEqual({ state: 'watching', words: 'Watching 2 clusters' });
  expect(state([{ ...known, watching: false }])).toEqual({
    state: 'not-watching',
    words: 'Not watching since Thu 12 Mar 03:00:00',
  });
  expect(state([known, { name: 'edge', watching: false }]).words).toBe('1 of 2 clusters watched');
  expect(state([]).words).toBe('Nothing was watched yet');
});

test('watchStateOf does not take an old answer for the state of things', () => {
  expect(state([known], 40_000)).toEqual({ state: 'stale', words: 'Last heard 40s ago' });
  expect(state(undefined).state).toBe('connecting');
});
