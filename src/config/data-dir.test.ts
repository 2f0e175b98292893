import { expect, test } from 'vitest';
import { resolveDataDir } from './data-dir.ts';

test.each([
  [{ TIDINGS_DATA: '/d', XDG_DATA_HOME: '/x', HOME: '/home/ann' }, '/d'],
  [{ TIDINGS_DATA: 'here', HOME: '/home/ann' }, `${process.cwd()}/here`],
  [{ TIDINGS_DATA: '', XDG_DATA_HOME: '/x', HOME: '/home/ann' }, '/x/tidings'],
  [{ XDG_DATA_HOME: 'relative', HOME: '/home/ann' }, '/home/ann/.local/share/tidings'],
  [{ XDG_DATA_HOME: '', HOME: '/home/ann' }, '/home/ann/.local/share/tidings'],
])('resolveDataDir of %j is %j', (env, dir) => {
  expect(resolveDataDir(env)).toBe(dir);
});
