import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { AppError } from '../core/errors.ts';
import { createLogger } from '../telemetry/log.ts';
import type { ConfigChange } from './config-change.ts';
import { ConfigReload } from './config-reload.ts';
import { runConfigSource } from './run-config.ts';

const ONE = 'sinks: [{ name: a, type: stdout }]\n';
const TWO = 'sinks: [{ name: a, type: stdout }, { name: b, type: stdout }]\n';

/** A configuration in a volume as Kubernetes mounts it: the file is a link into a directory that is swapped as a whole. */
function mounted(files: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory();
  let version = 0;
  const swap = (next: Readonly<Record<string, string>>): void => {
    const target = `..${++version}`;
    mkdirSync(join(directory, target));
    for (const [name, text] of Object.entries(next)) writeFileSync(join(directory, target, name), text);
    symlinkSync(target, join(directory, '..data.new'));
    renameSync(join(directory, '..data.new'), join(directory, '..data'));
  };
  swap(files);
  for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(directory, name));
  return { file: join(directory, 'config.yaml'), swap };
}

async function reloading(
  file: string,
  { intervalMs = 5, apply = async () => {} }: { intervalMs?: number; apply?: () => Promise<void> } = {},
) {
  const logged: Record<string, unknown>[] = [];
  const write = (line: string): void => void logged.push(JSON.parse(line) as Record<string, unknown>);
  const logger = createLogger({ format: 'json', level: 'info', destination: { write } });
  const source = runConfigSource({ config: file }, {});
  const applied: { readonly names: readonly string[]; readonly change: ConfigChange }[] = [];
  const attempts: boolean[] = [];
  const reload = new ConfigReload({
    source,
    started: (await source.load()).data,
    async apply({ sinks }, change) {
      await apply();
      applied.push({ names: sinks.map(({ name }) => name), change });
    },
    onReload: (isSuccessful) => void attempts.push(isSuccessful),
    logger,
    intervalMs,
  });
  onTestFinished(() => reload.close());
  return { reload, applied, attempts, logged };
}

describe('ConfigReload', () => {
  test('applies what a swapped volume holds, secrets included, and nothing while nothing changes', async () => {
    const http = (url: string): string => `sinks: [{ name: a, type: http, url: "${url}" }]\n`;
    const { file, swap } = mounted({ 'config.yaml': http('file:url'), url: 'http://127.0.0.1:1/old' });
    const { applied, attempts } = await reloading(file);
    swap({ 'config.yaml': http('file:url'), url: 'http://127.0.0.1:1/new' });
    await vi.waitFor(() => expect(applied).toHaveLength(1), 10_000);
    expect(applied[0]?.change).toMatchObject({ changed: ['a'], added: [], removed: [] });
    swap({ 'config.yaml': http('file:url'), url: 'http://127.0.0.1:1/new' });
    swap({ 'config.yaml': TWO, url: '' });
    await vi.waitFor(() => expect(applied).toHaveLength(2), 10_000);
    expect(applied[1]).toMatchObject({ names: ['a', 'b'], change: { changed: ['a'], added: ['b'] } });
    expect(attempts).toEqual([true, true]);
  });

  test('refuses what is wrong with every problem, goes on as before, and applies what is right next', async () => {
    const { file, swap } = mounted({ 'config.yaml': ONE });
    const { applied, attempts, logged } = await reloading(file);
    swap({ 'config.yaml': 'sinks: [{ name: a, type: stdoot }]\nlisten: everywhere\n' });
    await vi.waitFor(() => expect(attempts).toEqual([false]), 10_000);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      level: 'error',
      problems: [expect.stringContaining('stdoot'), expect.stringContaining('listen')],
    });
    expect(applied).toEqual([]);
    swap({ 'config.yaml': TWO });
    await vi.waitFor(() => expect(attempts).toEqual([false, true]), 10_000);
    expect(applied[0]).toMatchObject({ change: { unchanged: new Set(['a']), added: ['b'] } });
  });

  test('finds that a secret came after the configuration that names it', async () => {
    const { file, swap } = mounted({ 'config.yaml': ONE });
    const { attempts } = await reloading(file);
    const withSecret = 'sinks: [{ name: a, type: http, url: "file:..data/url" }]\n';
    swap({ 'config.yaml': withSecret });
    await vi.waitFor(() => expect(attempts).toEqual([false]), 10_000);
    swap({ 'config.yaml': withSecret, url: 'http://127.0.0.1:1/' });
    await vi.waitFor(() => expect(attempts).toEqual([false, true]), 10_000);
  });

  test('reads when it is told to, names what needs a restart, and how a removed sink is forgotten', async () => {
    const { file, swap } = mounted({ 'config.yaml': TWO });
    const { reload, applied, logged } = await reloading(file, { intervalMs: 1_000_000 });
    swap({ 'config.yaml': `${ONE}data: /elsewhere\nlisten: 127.0.0.1:1\n` });
    await reload.reload();
    expect(applied[0]?.change).toMatchObject({ removed: ['b'] });
    const [read, removed, restart] = logged;
    expect(read).toMatchObject({ sinks: { added: [], changed: [], removed: ['b'] }, routes: false });
    expect(removed).toMatchObject({
      sink: 'b',
      message: expect.stringContaining('its position and dead letters stay'),
    });
    expect(restart).toMatchObject({ level: 'warn', settings: ['data', 'listen'] });
  });

  test('tries again what the store could not take, and not what a sink refused', async () => {
    const { file, swap } = mounted({ 'config.yaml': ONE });
    const problems = [
      new AppError('STORE_FULL', 'no space'),
      new Error('the collector did not answer'),
      new AppError('CREDENTIALS_FAILED', 'no'),
    ];
    const apply = async (): Promise<void> => {
      const problem = problems.shift();
      if (problem) throw problem;
    };
    const { attempts, applied } = await reloading(file, { apply });
    swap({ 'config.yaml': TWO });
    await vi.waitFor(() => expect(attempts).toEqual([false, false, false]), 10_000);
    swap({ 'config.yaml': `${TWO}# again\n` });
    await vi.waitFor(() => expect(attempts).toEqual([false, false, false, true]), 10_000);
    expect(applied[0]?.change.added).toEqual(['b']);
  });
});
