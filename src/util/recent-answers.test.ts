import { expect, test } from 'vitest';
import { RecentAnswers } from './recent-answers.ts';

function recent(capacity = 10) {
  const clock = { now: 0 };
  const asked: string[] = [];
  const answers = new RecentAnswers<number>({ capacity, validMs: 1_000, now: () => clock.now });
  const get = (key: string, answer: () => Promise<number> = async () => asked.length) =>
    answers.get(key, () => {
      asked.push(key);
      return answer();
    });
  return { clock, asked, get };
}

test('RecentAnswers asks equal questions once, until the answer has had its time', async () => {
  const { clock, asked, get } = recent();
  expect(await Promise.all([get('a'), get('a'), get('b')])).toEqual([
    { value: 1, validMs: 1_000 },
    { value: 1, validMs: 1_000 },
    { value: 2, validMs: 1_000 },
  ]);
  clock.now = 999;
  expect(await get('a')).toEqual({ value: 1, validMs: 1 });
  clock.now = 1_000;
  expect(await get('a')).toEqual({ value: 3, validMs: 1_000 });
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('RecentAnswers counts from the question, however long the answer takes', async () => {
  const { clock, get } = recent();
  const slow = get('a', async () => {
    clock.now = 1_500;
    return 7;
  });
  expect(await slow).toEqual({ value: 7, validMs: 0 });
  expect((await get('a')).value).not.toBe(7);
});

test('RecentAnswers tells a failure to all who wait for it, and asks again', async () => {
  const { asked, get } = recent();
  const failing = () => Promise.reject(new Error('down'));
  const both = await Promise.allSettled([get('a', failing), get('a', failing)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toEqual(['a']);
  expect((await get('a')).value).toBe(2);
});

test('RecentAnswers keeps no more than it may', async () => {
  const { asked, get } = recent(2);
  for (const key of ['a', 'b', 'c', 'c', 'a']) await get(key);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});
