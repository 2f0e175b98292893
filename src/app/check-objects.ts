/** What sinks and routes want to know of the objects that events are about, tried once by the commonest kinds. */
import type { Check } from '../api/probes.ts';
import { messageOf } from '../core/errors.ts';
import { ALL_NAMESPACES } from '../core/record.ts';
import { statusErrorOf } from '../sources/kubernetes/api-response.ts';
import { ApiStatusError } from '../sources/kubernetes/api-status.ts';
import type { KubernetesClient } from '../sources/kubernetes/client.ts';
import { refreshVersion } from '../sources/kubernetes/list-collection.ts';
import { METADATA, METADATA_LIST } from '../sources/kubernetes/metadata-watcher.ts';
import { placeOf } from '../sources/kubernetes/scopes.ts';
import { DEFAULT_TIMINGS } from '../sources/kubernetes/watch-timings.ts';
import type { ClusterConfig } from './collector.ts';
import { connectCluster } from './connect-cluster.ts';

/** Somebody is waiting. */
const TIMINGS = { ...DEFAULT_TIMINGS, headersTimeoutMs: 10_000, listBodyTimeoutMs: 10_000 };
/** Those that owners are followed through; rights to others may be missing all the same. */
const COLLECTIONS = [
  { resource: 'pods', root: '/api/v1' },
  { resource: 'replicasets', root: '/apis/apps/v1' },
  { resource: 'jobs', root: '/apis/batch/v1' },
] as const;
const NOBODYS_NAME = 'tidings-check';

/** What is wrong is in the checks, it does not reject. */
export async function checkObjects(settings: ClusterConfig, index: number): Promise<readonly Check[]> {
  let client: KubernetesClient | undefined;
  try {
    const connected = await connectCluster(settings);
    const { name, server } = connected;
    const tried = (client = connected.client);
    const namespaces = settings.namespaces ?? [undefined];
    return await Promise.all(
      namespaces.map(async (namespace): Promise<Check> => {
        const place = placeOf(namespace ?? ALL_NAMESPACES);
        const what = `objects of ${name} in ${place}: ${COLLECTIONS.map(({ resource }) => resource).join(', ')} (${server})`;
        const problems = await Promise.all(COLLECTIONS.map((collection) => problemOf(tried, collection, namespace)));
        const found = problems.filter((problem) => problem !== undefined);
        return found.length === 0 ? { name: what } : { name: what, problem: found.join('; ') };
      }),
    );
  } catch (error) {
    return [{ name: `objects of ${settings.name ?? `clusters[${index}]`}`, problem: messageOf(error) }];
  } finally {
    await client?.close();
  }
}

async function problemOf(
  client: KubernetesClient,
  { resource, root }: (typeof COLLECTIONS)[number],
  namespace: string | undefined,
): Promise<string | undefined> {
  const path = namespace === undefined ? `${root}/${resource}` : `${root}/namespaces/${namespace}/${resource}`;
  const one = `${root}/namespaces/${namespace ?? 'default'}/${resource}/${NOBODYS_NAME}`;
  try {
    // RBAC grants each verb by itself.
    const request = { resource, path, query: {}, accept: METADATA_LIST };
    const signal = new AbortController().signal;
    const { resourceVersion } = await refreshVersion({ client, request, timings: TIMINGS, now: Date.now, signal });
    const watch = await client.request(path, {
      query: { watch: true, timeoutSeconds: 1, resourceVersion },
      accept: METADATA,
      headersTimeoutMs: TIMINGS.headersTimeoutMs,
    });
    if (watch.status !== 200) throw await statusErrorOf(`watch ${resource}`, watch);
    watch.body.destroy();
    await client.getJson(one, { accept: METADATA, headersTimeoutMs: TIMINGS.headersTimeoutMs });
    return undefined;
  } catch (error) {
    // Nobody has that name; nor need a cluster have every kind.
    return error instanceof ApiStatusError && error.status === 404 ? undefined : messageOf(error);
  }
}
