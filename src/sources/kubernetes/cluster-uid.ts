import { AppError } from '../../core/errors.ts';
import { ApiStatusError } from './api-status.ts';
import type { KubernetesClient } from './client.ts';

const WITHOUT_RIGHTS = new Set([401, 403, 404]);

/**
 * The UID of the namespace kube-system, which stays the same as long as the cluster does, whatever it is called; undefined
 * where rights do not allow reading it. Rejects with other failures of the request.
 */
export async function clusterUid(client: KubernetesClient, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const path = '/api/v1/namespaces/kube-system';
    const namespace = await client.getJson<{ readonly metadata?: { readonly uid?: unknown } } | null>(
      path,
      signal ? { signal } : {},
    );
    const uid = namespace?.metadata?.uid;
    if (typeof uid === 'string' && uid !== '') return uid;
    throw new AppError(
      'API_REQUEST_FAILED',
      `GET ${path} from ${client.server}: found no metadata.uid, want a Namespace`,
    );
  } catch (error) {
    if (error instanceof ApiStatusError && WITHOUT_RIGHTS.has(error.status)) return undefined;
    throw error;
  }
}
