import { join } from 'node:path';
import { JsonApi } from '../api/json/json-api.ts';
import type { Endpoint } from '../api/listener.ts';
import type { DeliveryAdmin } from '../component/delivery-admin.ts';
import { storedEventJson } from '../formats/stored-event.ts';
import { FileSavedQueries } from '../store/file-saved-queries.ts';
import { openSqliteReader } from '../store/sqlite/sqlite-reader.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OpenedAccess } from './open-access.ts';
import { STORE_FILE } from './store-file.ts';
import { VERSION } from './version.ts';

interface OpenedJsonApi {
  readonly endpoint: Endpoint;
  /** Ends the streams properly; to be called before their connections are closed. */
  end(): void;
  /** To be called when nobody is answered any more. */
  close(): Promise<void>;
}

/** Tidings' own API over the store of a data directory, which another thread or process may write. */
export function openJsonApi(
  dataDir: string,
  logger: Logger,
  { access, callers, local, fairUse }: Pick<OpenedAccess, 'access' | 'callers' | 'local' | 'fairUse'>,
  admin?: DeliveryAdmin,
): OpenedJsonApi {
  const api = new JsonApi({
    open: () => ({
      ...openSqliteReader({ path: join(dataDir, STORE_FILE) }),
      savedQueries: new FileSavedQueries(join(dataDir, 'saved-queries.json')),
    }),
    access,
    callers,
    fairUse,
    ...(admin && { admin }),
    recordJson: storedEventJson,
    version: VERSION,
    logger,
  });
  return {
    endpoint: {
      local,
      serves: (path) => api.serves(path),
      answer: (request, response) => api.answer(request, response),
    },
    end: () => api.end(),
    close: () => api.close(),
  };
}
