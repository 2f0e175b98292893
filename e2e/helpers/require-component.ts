import { type Component, missing } from '../cluster/binaries.ts';

export const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kubectl'] as const satisfies readonly Component[];
export const NODES = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const satisfies readonly Component[];

/**
 * Whether components that a suite needs are not there, for `describe.skipIf`. It then says which, and under CI, where
 * nothing may be skipped, it throws.
 */
export function lacking(...components: readonly Component[]): boolean {
  const absent = missing(components);
  if (absent.length === 0) return false;
  const problem = `needs ${absent.join(', ')}: run make e2e-components`;
  if (process.env['CI']) throw new Error(problem);
  process.stderr.write(`skipped: ${problem}\n`);
  return true;
}
