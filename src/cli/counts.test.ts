import { expect, test } from 'vitest';
import { cli, event, HOUR, lines, NOW, openStore } from '../../test/helpers/cli-store.ts';

async function stored() {
  const { dir, append } = await openStore();
  await append(
    [
      event('a', 5 * HOUR, { reason: 'Pulled', type: 'Normal' }),
      event('b', 5 * HOUR, { reason: 'BackOff', type: 'Warning', message: 'Back-off restarting' }),
      event('c', HOUR, { reason: 'BackOff', type: 'Warning', message: 'Back-off pulling' }),
    ],
    { observed: { from: NOW - 30 * HOUR, to: NOW } },
  );
  return dir;
}

test('tidings top prints what occurred most often', async () => {
  const dir = await stored();
  const { stdout, stderr } = await cli(dir, 'top');
  expect([lines(stdout), stderr]).toEqual([['REASON    OCCURRENCES', 'BackOff   2', 'Pulled    1'], '']);
  expect(lines((await cli(dir, 'top --by type --search restarting')).stdout)).toEqual([
    'TYPE      OCCURRENCES',
    'Warning   1',
  ]);
  expect(lines((await cli(dir, 'top --limit 1')).stdout)[2]).toBe('# and 1 more; --limit prints them');
  expect(await cli(dir, 'top --limit x')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("--limit <number>' argument 'x' is invalid. Wanted: a whole number above 0."),
  });
  expect((await cli(dir, 'top --limit 1000')).exitCode).toBe(0);
  expect(await cli(dir, 'top --limit 1001')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(
      "--limit <number>' argument '1001' is invalid. Wanted: a whole number from 1 to 1000.",
    ),
  });
  expect(JSON.parse((await cli(dir, 'top -o json')).stdout)).toMatchObject({ data: { reason: { more: 0 } } });
});

test('tidings histogram prints a line a step, and says what nobody watched', async () => {
  const dir = await stored();
  const { stdout, stderr, exitCode } = await cli(dir, 'histogram --since 6h --limit 3 --by reason');
  const [head, ...rows] = lines(stdout);
  expect(head).toMatch(/^TIME +TOTAL +BACKOFF +PULLED/);
  expect(rows.map((row) => row.trim().split(/ +/).slice(1, 4).join(' '))).toEqual(['0 0 0', '2 1 1', '0 0 0', '1 1 0']);
  expect([stderr, exitCode]).toEqual(['', 0]);
  expect(await cli(dir, 'histogram --limit 1001')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("argument '1001' is invalid"),
  });
  expect((await cli(dir, 'histogram --since 60h')).stderr).toMatch(/^# 50 % of it was watched/);
});

test('tidings top says what is wrong with a search, and where', async () => {
  const { stderr, exitCode } = await cli(await stored(), 'top --search raeson:x');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('search:1:1: unknown key raeson')]);
});
