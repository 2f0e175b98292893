import { closeSync, existsSync, openSync } from 'node:fs';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { addProcessMetrics } from './process-metrics.ts';

async function read(registry: Registry): Promise<ReadonlyMap<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line): [string, number] => [line.replace(/ .*/, ''), Number(line.replace(/.* /, ''))]));
}

test('addProcessMetrics reads the figures of the process when they are asked for', async () => {
  const registry = new Registry();
  addProcessMetrics(registry);
  const before = await read(registry);
  expect([...before.keys()]).toEqual([
    'process_cpu_seconds_total',
    'process_start_time_seconds',
    'process_resident_memory_bytes',
    ...(existsSync('/proc/self') ? ['process_open_fds', 'process_max_fds'] : []),
  ]);
  const { user, system } = process.cpuUsage();
  const after = await read(registry);
  const of = (name: string): number => after.get(name) ?? Number.NaN;
  expect(of('process_cpu_seconds_total')).toBeGreaterThanOrEqual((user + system) / 1e6);
  expect(of('process_start_time_seconds')).toBe(before.get('process_start_time_seconds'));
  expect(of('process_start_time_seconds')).toBeCloseTo(Date.now() / 1000 - process.uptime(), 0);
  expect(of('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
});

test.skipIf(!existsSync('/proc/self'))('addProcessMetrics counts open files where Linux tells', async () => {
  const registry = new Registry();
  addProcessMetrics(registry);
  const before = await read(registry);
  const opened = [1, 2, 3].map(() => openSync(import.meta.filename, 'r'));
  onTestFinished(() => opened.forEach(closeSync));
  const after = await read(registry);
  expect(after.get('process_open_fds')).toBe((before.get('process_open_fds') ?? 0) + opened.length);
  expect(after.get('process_max_fds')).toBeGreaterThan(after.get('process_open_fds') ?? 0);
});
