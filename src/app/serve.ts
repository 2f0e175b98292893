import { createLogger, type LogFormat, type LogLevel } from '../telemetry/log.ts';
import { aborted } from '../util/aborted.ts';
import { type Closable, closeAll } from './closable.ts';
import { type AccessConfig, openAccess } from './open-access.ts';
import { type ApisConfig, startApis } from './start-apis.ts';
import { VERSION } from './version.ts';

export interface ServeConfig extends ApisConfig, AccessConfig {
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
  const opened: Closable[] = [access];
  try {
    const { firstCluster } = access;
    const defaultCluster = firstCluster === undefined ? {} : { defaultCluster: async () => firstCluster };
    const apis = await startApis(config, access, logger, defaultCluster);
    opened.unshift(apis);
    logger.info({ url: apis.url, data: config.dataDir, version: VERSION }, 'listening');
    onServing({ url: apis.url });
    await aborted(signal);
  } finally {
    await closeAll(opened);
  }
}
