/** Where `e2e/cluster/build` and `e2e/go-template/build` put what they build, and what can be done when something is not there. */
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const COMPONENTS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'go-template',
  'promtool',
  'strace',
] as const;

export type Component = (typeof COMPONENTS)[number];

/** Outside the checkout, so that what took minutes to build outlives it. */
export function cacheDir(): string {
  return process.env['TIDINGS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidings');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Everything but strace is looked for in the cache alone, so that its version is the one the build script pins. */
function findBinary(component: Component): string | undefined {
  const folders = component === 'strace' ? (process.env['PATH'] ?? '').split(delimiter) : [join(cacheDir(), 'bin')];
  return folders.map((folder) => join(folder, component)).find(isExecutable);
}

export function binary(component: Component): string {
  const found = findBinary(component);
  if (found === undefined) throw new Error(`needs ${component}: run make e2e-components`);
  return found;
}

/** The components of the list that are not there. */
export function missing(components: readonly Component[]): readonly Component[] {
  return components.filter((component) => findBinary(component) === undefined);
}
