/** A command line as it is run on a store of its own, at one instant. */
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { STORE_FILE } from '../../src/app/store-file.ts';
import { runCli } from '../../src/cli/cli.ts';
import type { Batch } from '../../src/component/log.ts';
import type { Event } from '../../src/core/event.ts';
import { eventRecord } from '../../src/core/record.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { collector } from './collector.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const NOW = Date.parse('2026-11-21T07:13:49.430Z');
const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const ago = (ms: number): string => new Date(NOW - ms).toISOString().replace('.430', '');

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line on a data directory. */
export async function cli(dir: string, args: string, options: { readonly isTTY?: boolean } = {}): Promise<Ran> {
  const [stdout, stderr] = [Object.assign(collector(), options), collector()];
  const env = { TIDINGS_DATA: dir, NO_COLOR: '1' };
  const exitCode = await runCli(args.split(' '), { stdout, stderr, env, now: () => NOW });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

interface Store {
  readonly dir: string;
  readonly append: (events: readonly Event[], batch?: Partial<Batch>) => Promise<void>;
}

export async function openStore(clusters: readonly string[] = ['prod']): Promise<Store> {
  const dir = temporaryDirectory();
  const store = openSqliteStore({ path: join(dir, STORE_FILE), logger: pino({ level: 'silent' }) });
  onTestFinished(() => store.close());
  for (const name of clusters) await store.register({ name });
  return {
    dir,
    append: async (events, batch = {}) => {
      const { cluster = 'prod', scope = '*' } = batch;
      const envelope = { cluster, epoch: 1, scope, receivedAt: NOW, origin: 'watch', news: true } as const;
      await store.append([
        { cluster, epoch: 1, scope, records: events.map((event) => eventRecord(event, envelope)), ...batch },
      ]);
    },
  };
}

let resourceVersion = 100;

/** An event last seen so long ago. */
export function event(name: string, ageMs: number, fields: Partial<Event> = {}): Event {
  resourceVersion += 1;
  const [object = ''] = name.split('.');
  return {
    metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: String(resourceVersion) },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: object, uid: `uid-of-${object}` },
    reason: 'Started',
    message: `message of ${name}`,
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: ago(ageMs),
    lastTimestamp: ago(ageMs),
    count: 1,
    type: 'Normal',
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
    ...fields,
  };
}

export const OBSERVED = { observed: { from: NOW - 48 * HOUR, to: NOW } };
export const lines = (text: string): string[] => text.trimEnd().split('\n');
