import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { scriptedServer } from '../test/helpers/scripted-server.ts';
import { temporaryDirectory } from '../test/helpers/temporary-directory.ts';

function start(...args: readonly string[]): ChildProcess {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('SIGINT ends a command that does not run until it is stopped, at once', async () => {
  const { server, url } = await scriptedServer({ refresh: [() => {}] });
  const child = start('check', '--server', url, '--data', '/nowhere');
  await vi.waitFor(() => expect(server.of('refresh')).toHaveLength(1), { timeout: 5000, interval: 5 });
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
});

test('a link of the name of another tool is that tool', () => {
  const link = join(temporaryDirectory(), 'event-collector');
  symlinkSync(fileURLToPath(new URL('../tidings', import.meta.url)), link);
  const { status, stderr } = spawnSync(link, ['-nonsense'], { encoding: 'utf8' });
  expect(stderr).toContain('flag provided but not defined: -nonsense\nUsage of event-collector:\n');
  expect(status).toBe(2);
});
