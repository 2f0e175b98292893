/** From flags, environment and file to what `run` and `check` need. */
import type * as v from 'valibot';
import { resolveDataDir } from '../config/data-dir.ts';
import { type Loaded, type LoadOptions, loadConfig, type Override } from '../config/load.ts';
import type { FileObserver } from '../config/settle.ts';
import { configSchema } from './config.ts';
import { ConfigSource } from './config-source.ts';
import type { RunConfig } from './run.ts';

/** The flags of `run` and `check`, as they were typed. */
export interface RunFlags {
  readonly config?: string;
  readonly from?: string;
  readonly data?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly server?: string;
  readonly listen?: string;
  readonly metricsListen?: string;
  readonly proxyListen?: string;
  readonly authentication?: string;
  readonly readTokenFile?: string;
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  readonly insecure?: boolean;
  readonly defaultWindow?: string;
}

// Flags are the short form for one cluster.
const FLAGS: readonly { readonly name: keyof RunFlags; readonly flag: string; readonly path: Override['path'] }[] = [
  { name: 'from', flag: '--from', path: ['from'] },
  { name: 'data', flag: '--data', path: ['data'] },
  { name: 'kubeconfig', flag: '--kubeconfig', path: ['clusters', 0, 'kubeconfig'] },
  { name: 'context', flag: '--context', path: ['clusters', 0, 'context'] },
  { name: 'server', flag: '--server', path: ['clusters', 0, 'server'] },
  { name: 'listen', flag: '--listen', path: ['listen'] },
  { name: 'metricsListen', flag: '--metrics-listen', path: ['metricsListen'] },
  { name: 'proxyListen', flag: '--proxy-listen', path: ['proxy', 'listen'] },
  { name: 'authentication', flag: '--authentication', path: ['authentication'] },
  { name: 'readTokenFile', flag: '--read-token-file', path: ['readTokenFile'] },
  { name: 'tlsCertFile', flag: '--tls-cert-file', path: ['tls', 'certFile'] },
  { name: 'tlsPrivateKeyFile', flag: '--tls-private-key-file', path: ['tls', 'keyFile'] },
  { name: 'insecure', flag: '--insecure', path: ['insecure'] },
  { name: 'defaultWindow', flag: '--default-window', path: ['defaultWindow'] },
];

/** A configuration that is no file. */
export interface WrittenConfig {
  /** What messages call it. */
  readonly name: string;
  readonly text: string;
}

type Env = LoadOptions<typeof configSchema>['env'];
export type LoadedRunConfig = Loaded<RunConfig>;

/** Rejects with AppError `CONFIG_INVALID` with every problem. */
export async function loadRunConfig(flags: RunFlags, env: Env, written?: WrittenConfig): Promise<RunConfig> {
  const { config } = await load(flags, env, { ...(written && { written }) });
  return config;
}

/** The same, to be read again and again. */
export function runConfigSource(flags: RunFlags, env: Env): ConfigSource {
  return new ConfigSource((onFile) => load(flags, env, { onFile }));
}

interface LoadingOptions {
  readonly written?: WrittenConfig;
  readonly onFile?: FileObserver;
}

async function load(flags: RunFlags, env: Env, options: LoadingOptions): Promise<LoadedRunConfig> {
  const { written, onFile = () => {} } = options;
  const { config, data } = await loadConfig({
    schema: configSchema,
    env,
    ...(flags.config !== undefined && { file: flags.config }),
    ...(written && { file: written.name, text: written.text }),
    overrides: FLAGS.map(({ name, flag, path }) => ({ flag, path, value: flags[name] })),
    onFile,
  });
  return { config: runConfigOf(config, env), data };
}

function runConfigOf(config: v.InferOutput<typeof configSchema>, env: Env): RunConfig {
  const { from, kafka, retention, sinks, routes, metricsListen, proxy, authentication, readTokenFile, tls, log } =
    config;
  return {
    dataDir: config.data ?? resolveDataDir(env),
    clusters: (from === 'clusters' ? config.clusters : []).map(({ eventTTL, ...cluster }) => ({
      ...cluster,
      ...(eventTTL !== undefined && { eventTTLMs: eventTTL }),
    })),
    retention: {
      ...(retention.age !== undefined && { ageMs: retention.age }),
      ...(retention.size !== undefined && { size: retention.size }),
      hold: { bytes: retention.hold, minFreeSpace: retention.minFreeSpace },
    },
    ...(from === 'kafka' && kafka && { kafka }),
    sinks,
    routes,
    lookUpOwners: config.lookUpOwners,
    listen: config.listen,
    ...(metricsListen && { metricsListen }),
    ...(proxy && { proxy }),
    ...(authentication === 'kubernetes' && { authentication }),
    ...(readTokenFile !== undefined && { readTokenFile }),
    ...(tls && { tls }),
    windowMs: config.defaultWindow,
    log: { level: log.level, format: log.format ?? (process.stderr.isTTY ? 'pretty' : 'json') },
  };
}
