import { join } from 'node:path';
import { KubernetesApi } from '../api/kubernetes/kubernetes-api.ts';
import type { Endpoint } from '../api/listener.ts';
import { openSqliteEventVersions } from '../store/sqlite/sqlite-event-versions.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OpenedAccess } from './open-access.ts';
import { STORE_FILE } from './store-file.ts';
import { VERSION } from './version.ts';

export interface EventsApiConfig {
  readonly dataDir: string;
  /** How long events stay in what is served, unless somebody asks for more. */
  readonly windowMs: number;
}

interface EventsApi {
  readonly endpoint: Endpoint;
  /** Ends the watches properly; to be called before their connections are closed. */
  end(): Promise<void>;
  /** To be called when nobody is answered any more. */
  close(): Promise<void>;
}

/**
 * The Kubernetes API over the store of a data directory, which another thread or process may write. Throws AppError of a
 * `STORE_…` code.
 */
export function openEventsApi(
  { dataDir, windowMs }: EventsApiConfig,
  logger: Logger,
  { access, local }: Pick<OpenedAccess, 'access' | 'local'>,
  defaultCluster?: () => Promise<string | undefined>,
): EventsApi {
  const versions = openSqliteEventVersions({ path: join(dataDir, STORE_FILE) });
  const api = new KubernetesApi({
    versions,
    ...(defaultCluster && { defaultCluster }),
    windowMs,
    access,
    version: VERSION,
    logger,
  });
  return {
    endpoint: {
      local,
      serves: (path) => api.serves(path),
      answer: (request, response) => api.answer(request, response),
    },
    end: () => api.close(),
    close: () => versions.close(),
  };
}
