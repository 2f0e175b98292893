/** Schemathesis asks the JSON API whatever its OpenAPI document allows, and more, and holds the answers against it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../src/simulator/simulator.ts';
import { command } from './clients/installation.ts';
import { lackingClients } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';

/** For each operation. */
const EXAMPLES = Number(process.env['EXAMPLES'] ?? 20);

test.skipIf(lackingClients('schemathesis'))('the JSON API is what its OpenAPI document says', async () => {
  const simulator = await startSimulator({ seed: 11, speed: 0, pastMs: 3_600_000 });
  onTestFinished(() => simulator.close());
  const running = tidingsUnderTest(['--server', simulator.url]);
  await running.start();
  const [program, ...args] = command('schemathesis');
  const document = `${running.url}/tidings/v1/openapi.json`;
  const options = ['--max-examples', String(EXAMPLES), '--seed', process.env['SEED'] ?? '1', '--no-color'];
  const { stdout } = await promisify(execFile)(program, [...args, 'run', document, ...options], {
    cwd: testDirectory(),
    maxBuffer: 16 * 1024 * 1024,
  }).catch((failure: { readonly stdout: string }) => failure);
  expect(stdout).toMatch(/^ {2}(?<count>\d{3,}) generated, \k<count> passed$/m);
  expect(running.process.log()).not.toMatch(/"level":"(?:warn|error)"/);
});
