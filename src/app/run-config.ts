/** From flags, environment and file to what `run` and `check` need. */

import { resolveDataDir } from '../config/data-dir.ts';
import { type LoadOptions, loadConfig, type Override } from '../config/load.ts';
import { configSchema } from './config.ts';
import type { RunConfig } from './run.ts';

/** The flags of `run` and `check`, as they were typed. */
export interface RunFlags {
  readonly config?: string;
  readonly data?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly server?: string;
  readonly listen?: string;
  readonly metricsListen?: string;
  readonly defaultWindow?: string;
}

// Flags are the short form for one cluster.
const FLAGS: readonly { readonly name: keyof RunFlags; readonly flag: string; readonly path: Override['path'] }[] = [
  { name: 'data', flag: '--data', path: ['data'] },
  { name: 'kubeconfig', flag: '--kubeconfig', path: ['clusters', 0, 'kubeconfig'] },
  { name: 'context', flag: '--context', path: ['clusters', 0, 'context'] },
  { name: 'server', flag: '--server', path: ['clusters', 0, 'server'] },
  { name: 'listen', flag: '--listen', path: ['listen'] },
  { name: 'metricsListen', flag: '--metrics-listen', path: ['metricsListen'] },
  { name: 'defaultWindow', flag: '--default-window', path: ['defaultWindow'] },
];

/** Throws AppError `CONFIG_INVALID` with every problem. */
export function loadRunConfig(flags: RunFlags, env: LoadOptions<typeof configSchema>['env']): RunConfig {
  const config = loadConfig({
    schema: configSchema,
    env,
    ...(flags.config !== undefined && { file: flags.config }),
    overrides: FLAGS.map(({ name, flag, path }) => ({ flag, path, value: flags[name] })),
  });
  const { retention, sinks, routes, metricsListen, log } = config;
  return {
    dataDir: config.data ?? resolveDataDir(env),
    clusters: config.clusters.map(({ eventTTL, ...cluster }) => ({
      ...cluster,
      ...(eventTTL !== undefined && { eventTTLMs: eventTTL }),
    })),
    ...(retention.age !== undefined && { retentionAgeMs: retention.age }),
    holdBytes: retention.hold,
    sinks,
    routes,
    listen: config.listen,
    ...(metricsListen && { metricsListen }),
    windowMs: config.defaultWindow,
    log: { level: log.level, format: log.format ?? (process.stderr.isTTY ? 'pretty' : 'json') },
  };
}
