import { type Listener, listen } from '../api/listener.ts';
import type { ListenAddress } from '../config/fields.ts';
import { createLogger, type LogFormat, type LogLevel } from '../telemetry/log.ts';
import { aborted } from '../util/aborted.ts';
import { type EventsApiConfig, openEventsApi } from './events-api.ts';
import { openJsonApi } from './open-json-api.ts';
import { VERSION } from './version.ts';

export interface ServeConfig extends EventsApiConfig {
  readonly listen: ListenAddress;
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
  const api = openEventsApi(config, logger);
  const json = openJsonApi(config.dataDir, logger);
  let listener: Listener | undefined;
  try {
    listener = await listen([api.endpoint, json.endpoint], config.listen);
    logger.info({ url: listener.url, data: config.dataDir, version: VERSION }, 'listening');
    onServing({ url: listener.url });
    await aborted(signal);
  } finally {
    await api.end();
    await listener?.close();
    await json.close();
    await api.close();
  }
}
