import { type Listener, listen } from '../api/listener.ts';
import { createLogger, type LogFormat, type LogLevel } from '../telemetry/log.ts';
import { aborted } from '../util/aborted.ts';
import { type EventsApiConfig, openEventsApi } from './events-api.ts';
import { type AccessConfig, openAccess } from './open-access.ts';
import { openJsonApi } from './open-json-api.ts';
import { VERSION } from './version.ts';

export interface ServeConfig extends EventsApiConfig, AccessConfig {
  readonly log: { readonly format: LogFormat; readonly level: LogLevel };
}

/**
 * Serves what is stored until the signal is aborted, without collecting: another process may do that. Rejects with the
 * AppError that kept it from starting.
 */
export async function serve(
  config: ServeConfig,
  onServing: (serving: { readonly url: string }) => void,
  signal: AbortSignal,
): Promise<void> {
  const logger = createLogger(config.log);
  const access = await openAccess(config, logger);
  let api: ReturnType<typeof openEventsApi> | undefined;
  let json: ReturnType<typeof openJsonApi> | undefined;
  let listener: Listener | undefined;
  try {
    const { firstCluster, tls } = access;
    api = openEventsApi(config, logger, access, firstCluster === undefined ? undefined : async () => firstCluster);
    json = openJsonApi(config.dataDir, logger, access);
    listener = await listen([api.endpoint, json.endpoint], config.listen, { ...(tls && { tls }) });
    logger.info({ url: listener.url, data: config.dataDir, version: VERSION }, 'listening');
    onServing({ url: listener.url });
    await aborted(signal);
  } finally {
    json?.end();
    await api?.end();
    await listener?.close();
    await json?.close();
    await api?.close();
    await access.close();
  }
}
