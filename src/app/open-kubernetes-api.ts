import { join } from 'node:path';
import { KubernetesApi } from '../api/kubernetes/kubernetes-api.ts';
import type { Endpoint } from '../api/listener.ts';
import { ReplaceableStore } from '../api/replaceable-store.ts';
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
  let isReplaced = false;
  const stores = new ReplaceableStore<OpenedStore>({
    open() {
      const versions = openSqliteEventVersions({ path });
      if (isReplaced) logger.warn({ path }, 'the store was replaced; serving what is there now');
      isReplaced = true;
      const options = { windowMs, access, fairUse, version: VERSION, logger };
      return { versions, api: new KubernetesApi({ versions, ...(defaultCluster && { defaultCluster }), ...options }) };
    },
    requireInPlace: ({ versions }) => void versions.dataVersion(),
    async close(opened) {
      await opened.api.close();
      await opened.versions.close();
    },
  });
  let { api } = stores.current();
  return {
    endpoint: {
      local,
      serves: (path) => api.serves(path),
      answer: (request, response) => {
        try {
          ({ api } = stores.current());
        } catch {
          // While there is none, the one that was there says so.
        }
        return api.answer(request, response);
      },
    },
    end: () => api.close(),
    close: () => stores.close(),
  };
}
