import { expect, test } from 'vitest';
import { TokenAttempts } from './token-attempts.ts';

const ANN = { name: 'ann', groups: [], extra: {} };

function opened() {
  const clock = { now: 0 };
  const asked: string[] = [];
  const attempts = new TokenAttempts(() => clock.now);
  const userOf = (token: string, address = '10.0.0.1') =>
    attempts.userOf({ address, token }, async () => {
      asked.push(token);
      if (token.startsWith('broken')) throw new Error('unreachable');
      return token.startsWith('of-ann') ? ANN : undefined;
    });
  return { clock, asked, userOf };
}

const TOO_MANY = { status: { code: 429 }, headers: { 'Retry-After': '10' } };

test('TokenAttempts asks about so many new tokens of nobody, also at the same time, then refuses for a while', async () => {
  const { clock, asked, userOf } = opened();
  await userOf('of-ann');
  const many = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => userOf(`wrong-${index}`)));
  expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(asked).toHaveLength(21);
  await expect(userOf('wrong-50')).rejects.toMatchObject(TOO_MANY);
  await expect(userOf('of-ann-2')).rejects.toMatchObject(TOO_MANY);
  expect(await userOf('wrong-0')).toBeUndefined();
  expect(await userOf('of-ann')).toBe(ANN);
  expect(await userOf('wrong-51', '10.0.0.2')).toBeUndefined();
  clock.now = 10_000;
  expect(await userOf('wrong-50')).toBeUndefined();
});

test('TokenAttempts does not count tokens of somebody, nor those that nobody could be asked about', async () => {
  const { userOf } = opened();
  for (let index = 0; index < 50; index++) await expect(userOf(`broken-${index}`)).rejects.toThrow('unreachable');
  for (let index = 0; index < 50; index++) expect(await userOf(`of-ann-${index}`)).toBe(ANN);
});

test('TokenAttempts counts a new token once, however often it is shown before it is known whose it is', async () => {
  const { asked, userOf } = opened();
  expect(await Promise.all(Array.from({ length: 50 }, () => userOf('of-ann')))).toEqual(Array(50).fill(ANN));
  expect(asked).toEqual(['of-ann']);
  expect(await Promise.all(Array.from({ length: 50 }, () => userOf('wrong-0')))).toEqual(Array(50).fill(undefined));
  const many = await Promise.allSettled(Array.from({ length: 25 }, (_, index) => userOf(`wrong-${index + 1}`)));
  expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(19);
  await Promise.allSettled(Array.from({ length: 2 }, () => userOf('broken', '10.0.0.2')));
  expect(asked.filter((token) => token === 'broken')).toHaveLength(1);
  await expect(userOf('broken', '10.0.0.2')).rejects.toThrow('unreachable');
});
