/**
 * Finds and loads the kubeconfig as kubectl does:
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 * https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/loader.go
 */
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { hostOf, isLoopback } from '../../util/environment-proxy.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { ClientConfig } from './client-config.ts';
import { inClusterConfig, isInCluster } from './in-cluster.ts';
import { contextConfig } from './kubeconfig-context.ts';
import { type Entry, type Kubeconfig, mergeKubeconfigs, readKubeconfig } from './kubeconfig-file.ts';
import type { KubeconfigContext } from './kubeconfig-schema.ts';
import { portableUser } from './portable-user.ts';

export interface LoadOptions {
  /** A kubeconfig file that has to exist. */
  readonly kubeconfig?: string;
  /** The name of a context, instead of the current one. */
  readonly context?: string;
  /** The service account of the pod, where there is one, comes before the kubeconfig. */
  readonly preferInCluster?: boolean;
  /** The URL of a server that wants no credentials; nothing else is looked at then. */
  readonly server?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly homeDir?: string;
  /** Where a pod's service account is looked for instead of below `/`. */
  readonly rootDir?: string;
}

/**
 * The server that was asked for, else the kubeconfig (the file given, else those of `KUBECONFIG`, else `~/.kube/config`),
 * else, when that has no context to use, the pod's own service account.
 * Rejects with an AppError KUBECONFIG_INVALID with every problem found, or USAGE for a server that cannot be used.
 */
export async function loadClientConfig(options: LoadOptions = {}): Promise<ClientConfig> {
  const loaded = await load(options);
  if ('missing' in loaded) throw loaded.missing;
  return loaded;
}

/** The same, but undefined where nothing says whom to be: no context was named, and there is none to use. */
export async function findClientConfig(options: LoadOptions = {}): Promise<ClientConfig | undefined> {
  const loaded = await load(options);
  return 'missing' in loaded ? undefined : loaded;
}

async function load(options: LoadOptions): Promise<ClientConfig | { readonly missing: AppError }> {
  if (options.server !== undefined) return plainConfig(options.server);
  const env = options.env ?? process.env;
  const inCluster = { env, ...(options.rootDir !== undefined && { rootDir: options.rootDir }) };
  if (options.preferInCluster && isInCluster(inCluster)) return inClusterConfig(inCluster);
  const found = await findContext(options, env);
  if ('missing' in found) {
    if (isInCluster(inCluster)) return inClusterConfig(inCluster);
    return found;
  }
  const result = contextConfig(found.name, found.context, found.kubeconfig, env);
  if ('problems' in result) throw invalid(result.problems, result.hint);
  return result.config;
}

/**
 * The user of the context, as another kubeconfig can hold it, with the secrets that it has. Rejects with an AppError
 * KUBECONFIG_INVALID.
 */
export async function loadContextUser(options: LoadOptions = {}): Promise<Readonly<Record<string, unknown>>> {
  const found = await findContext(options, options.env ?? process.env);
  if ('missing' in found) throw found.missing;
  const { context, kubeconfig } = found;
  const user = kubeconfig.users.get(context.value.user);
  if (user) return portableUser(user);
  const problem = `${context.place('user')}: found ${JSON.stringify(context.value.user)}, want a user that is defined`;
  throw invalid([problem]);
}

interface FoundContext {
  readonly name: string;
  readonly context: Entry<KubeconfigContext>;
  readonly kubeconfig: Kubeconfig;
}

async function findContext(
  options: LoadOptions,
  env: NodeJS.ProcessEnv,
): Promise<FoundContext | { readonly missing: AppError }> {
  const files = kubeconfigFiles(options, env);
  const kubeconfig = await loadFiles(files, { required: options.kubeconfig !== undefined });
  const name = options.context || kubeconfig.currentContext?.value;
  if (!name) return { missing: noContext(kubeconfig, files) };
  const context = kubeconfig.contexts.get(name);
  if (context) return { name, context, kubeconfig };
  const place = options.context ? 'context' : kubeconfig.currentContext?.place();
  throw unknownContext(`${place}: found ${JSON.stringify(name)}`, name, kubeconfig, files);
}

/**
 * A server that is reached without credentials and encryption, as `kubectl proxy` is one. Throws an AppError USAGE for
 * one that is not on this machine: what it would send could be read and changed on the way.
 */
export function plainConfig(server: string): ClientConfig {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol !== 'http:' || !isLoopback(hostOf(url))) {
    const found = url ? JSON.stringify(`${url.protocol}//${url.host}`) : 'no URL';
    throw new AppError(
      'USAGE',
      `use server: found ${found}, want plain HTTP on this machine, as http://127.0.0.1:8001`,
      {
        hint: 'A server elsewhere needs TLS and credentials: describe it in a kubeconfig.',
      },
    );
  }
  return {
    server: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    tls: { insecure: false },
    disableCompression: false,
    auth: {},
  };
}

function kubeconfigFiles({ kubeconfig, homeDir }: LoadOptions, env: NodeJS.ProcessEnv): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const listed = env['KUBECONFIG'];
  if (!listed) return [join(homeDir ?? (env['HOME'] || homedir()), '.kube', 'config')];
  return [...new Set(listed.split(delimiter))].filter((file) => file !== '');
}

async function loadFiles(files: readonly string[], { required }: { readonly required: boolean }): Promise<Kubeconfig> {
  const kubeconfigs: Kubeconfig[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const read = await readKubeconfig(file);
    if ('problems' in read) problems.push(...read.problems);
    else if ('kubeconfig' in read) kubeconfigs.push(read.kubeconfig);
    else if (required) problems.push(`${file}: found no such file, want a kubeconfig`);
  }
  if (problems.length > 0) throw invalid(problems);
  return mergeKubeconfigs(kubeconfigs);
}

function noContext(kubeconfig: Kubeconfig, files: readonly string[]): AppError {
  const names = [...kubeconfig.contexts.keys()];
  if (names.length === 0) {
    return invalid([`found no context in ${files.join(', ')}, and no service account of a pod`], START_HINT);
  }
  return invalid([`${files.join(', ')}: found no current-context, want one of ${listed(names)}`], CONTEXT_HINT);
}

const START_HINT =
  'Name a kubeconfig by --kubeconfig or KUBECONFIG, or a plain HTTP server on this machine by --server.';
const CONTEXT_HINT = 'Choose one by --context, or for good by `kubectl config use-context`.';

function unknownContext(found: string, name: string, kubeconfig: Kubeconfig, files: readonly string[]): AppError {
  const names = [...kubeconfig.contexts.keys()];
  if (names.length === 0) return invalid([`${found}, but ${files.join(', ')} defines no context`]);
  const nearest = nearestName(name, names);
  return invalid([`${found}, want one of ${listed(names)}`], nearest && `Did you mean ${JSON.stringify(nearest)}?`);
}

/** The names, or as many of them as a line can hold. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => JSON.stringify(name));
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

function invalid(problems: readonly string[], hint?: string): AppError {
  const text = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  ${problem}`).join('');
  return new AppError('KUBECONFIG_INVALID', `load kubeconfig:${text}`, hint === undefined ? {} : { hint });
}
