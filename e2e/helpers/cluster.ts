/** A control plane for the tests of a file, and kubectl to talk to it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll } from 'vitest';
import type { ApiClient } from '../cluster/api-client.ts';
import { binary } from '../cluster/binaries.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../cluster/control-plane.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

/** What kubectl prints; rejects with what it says when it fails. KUBECONFIG may be a list of files. */
export async function runKubectl(
  kubeconfig: string,
  args: readonly string[],
  program = binary('kubectl'),
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await run(program, args, {
    env: { ...process.env, KUBECONFIG: kubeconfig, ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}

export interface ClusterUnderTest {
  readonly controlPlane: ControlPlane;
  readonly client: ApiClient;
  /** kubectl as the administrator. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
}

/** Starts a control plane before the suite's tests and ends it after them; call the result inside a test. */
export function useCluster(options: Omit<ControlPlaneOptions, 'dir'> = {}): () => ClusterUnderTest {
  let cluster: ClusterUnderTest | undefined;
  beforeAll(async () => {
    const directory = temporaryDirectory();
    const controlPlane = await startControlPlane({ ...options, dir: directory.path });
    const client = controlPlane.client({ connections: 16 });
    cluster = { controlPlane, client, kubectl: (...args) => runKubectl(controlPlane.kubeconfigs.admin, args) };
    return async () => {
      await client.close();
      await controlPlane.close();
      directory.remove();
    };
  });
  return () => {
    if (cluster === undefined) throw new Error('use the cluster: it has not started; call it inside a test');
    return cluster;
  };
}
