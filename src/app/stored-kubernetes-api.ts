import { join } from 'node:path';
import { KubernetesApi, type KubernetesApiOptions } from '../api/kubernetes/kubernetes-api.ts';
import { ReplaceableStore } from '../api/replaceable-store.ts';
import type { EventVersions } from '../component/event-versions.ts';
import { openSqliteEventVersions } from '../store/sqlite/sqlite-event-versions.ts';
import type { Logger } from '../telemetry/log.ts';
import { STORE_FILE } from './store-file.ts';
import { VERSION } from './version.ts';

export interface KubernetesApiConfig {
  readonly dataDir: string;
  /** How long events stay in what is served, unless somebody asks for more. */
  readonly windowMs: number;
}

export interface StoredKubernetesApi {
  serves(path: string): boolean;
  /** To be asked for each request: over the store that is there now, or that was there last, which says so. */
  current(): KubernetesApi;
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
export function openStoredKubernetesApi(
  { dataDir, windowMs }: KubernetesApiConfig,
  logger: Logger,
  rights: Pick<KubernetesApiOptions, 'access' | 'fairUse' | 'defaultCluster'>,
): StoredKubernetesApi {
  const path = join(dataDir, STORE_FILE);
  let isReplaced = false;
  const stores = new ReplaceableStore<OpenedStore>({
    open() {
      const versions = openSqliteEventVersions({ path });
      if (isReplaced) logger.warn({ path }, 'the store was replaced; serving what is there now');
      isReplaced = true;
      return { versions, api: new KubernetesApi({ ...rights, versions, windowMs, version: VERSION, logger }) };
    },
    requireInPlace: ({ versions }) => void versions.dataVersion(),
    async close(opened) {
      await opened.api.close();
      await opened.versions.close();
    },
  });
  let { api } = stores.current();
  return {
    serves: (path) => api.serves(path),
    current() {
      try {
        ({ api } = stores.current());
      } catch {
        // While there is none, the one that was there says so.
      }
      return api;
    },
    end: () => api.close(),
    close: () => stores.close(),
  };
}
