import { join } from 'node:path';
import { KubernetesApi } from '../api/kubernetes/kubernetes-api.ts';
import type { Endpoint } from '../api/listener.ts';
import type { EventVersions } from '../component/event-versions.ts';
import { openSqliteEventVersions } from '../store/sqlite/sqlite-event-versions.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OpenedAccess } from './open-access.ts';
import { STORE_FILE } from './store-file.ts';
import { VERSION } from './version.ts';

export interface KubernetesApiConfig {
  readonly dataDir: string;
  /** How long events stay in what is served, unless somebody asks for more. */
  readonly windowMs: number;
}

interface OpenedKubernetesApi {
  readonly endpoint: Endpoint;
  /** Ends the watches properly; to be called before their connections are closed. */
  end(): Promise<void>;
  /** To be called when nobody is answered any more. */
  close(): Promise<void>;
}

interface OpenedStore {
  readonly versions: EventVersions;
  readonly api: KubernetesApi;
}

/**
 * The Kubernetes API over the store of a data directory, which another thread or process may write. A file that takes the
 * store's place is served from then on. Throws AppError of a `STORE_…` code.
 */
export function openKubernetesApi(
  { dataDir, windowMs }: KubernetesApiConfig,
  logger: Logger,
  { access, local, fairUse }: Pick<OpenedAccess, 'access' | 'local' | 'fairUse'>,
  defaultCluster?: () => Promise<string | undefined>,
): OpenedKubernetesApi {
  const path = join(dataDir, STORE_FILE);
  const open = (): OpenedStore => {
    const versions = openSqliteEventVersions({ path });
    const options = { windowMs, access, fairUse, version: VERSION, logger };
    return { versions, api: new KubernetesApi({ versions, ...(defaultCluster && { defaultCluster }), ...options }) };
  };
  let current = open();
  let closing = Promise.resolve();
  /** What there is when the file was replaced; while it is away, the one it was, which says so. */
  const replace = (): void => {
    const former = current;
    try {
      current = open();
    } catch {
      return;
    }
    logger.warn({ path }, 'the store was replaced; serving what is there now');
    closing = closing.then(() => former.api.close()).then(() => former.versions.close());
  };
  return {
    endpoint: {
      local,
      serves: (path) => current.api.serves(path),
      answer: (request, response) => {
        if (!isInPlace(current)) replace();
        return current.api.answer(request, response);
      },
    },
    end: () => current.api.close(),
    close: async () => {
      await closing;
      await current.versions.close();
    },
  };
}

function isInPlace({ versions }: OpenedStore): boolean {
  try {
    versions.dataVersion();
    return true;
  } catch {
    return false;
  }
}
