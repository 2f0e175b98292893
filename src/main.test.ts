import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { scriptedServer } from '../test/helpers/scripted-server.ts';

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
