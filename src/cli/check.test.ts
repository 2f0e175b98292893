import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collector } from '../../test/helpers/collector.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { startSimulator } from '../simulator/simulator.ts';
import { runCli } from './cli.ts';

test('tidings check tries sinks as well, and ends with 1 while one of them cannot be used', async () => {
  const simulator = await startSimulator({ speed: 0 });
  onTestFinished(() => simulator.close());
  const directory = temporaryDirectory();
  const file = join(directory, 'config.yaml');
  const check = async (sinks: string) => {
    writeFileSync(file, `clusters: [{ name: sim, server: "${simulator.url}" }]\nsinks:\n${sinks}`);
    const stream = collector();
    const args = ['check', '--config', file, '--data', join(directory, 'data')];
    const exitCode = await runCli(args, { stdout: stream, stderr: stream, env: {}, now: Date.now });
    return { exitCode, text: stream.text };
  };
  const console = '  - { name: console, type: stdout }\n';
  expect(await check(console)).toMatchObject({
    exitCode: 0,
    text: expect.stringContaining('[+] sink console (stdout) ok: not tried, since only sending would tell\n'),
  });
  const { exitCode, text } = await check(
    `${console}  - { name: hook, type: http, url: "https://127.0.0.1:1", tls: { caFile: none } }\n`,
  );
  expect(exitCode).toBe(1);
  expect(text).toContain('[+] sink console (stdout) ok');
  expect(text).toMatch(/^\[-\] sink hook \(http\): .*none/m);
});
