import { type Endpoint, listen } from '../api/listener.ts';
import type { DeliveryAdmin } from '../component/delivery-admin.ts';
import type { ListenAddress } from '../config/fields.ts';
import type { Logger } from '../telemetry/log.ts';
import { type Closable, closeAll } from './closable.ts';
import type { OpenedAccess } from './open-access.ts';
import { openJsonApi } from './open-json-api.ts';
import { openKubernetesApi } from './open-kubernetes-api.ts';
import { openPage } from './open-page.ts';
import type { KubernetesApiConfig } from './stored-kubernetes-api.ts';

export interface ApisConfig extends KubernetesApiConfig {
  readonly listen: ListenAddress;
}

export interface ApisOptions {
  /** The cluster of paths that name none, once it is known. Absent: the first one stored. */
  readonly defaultCluster?: () => Promise<string | undefined>;
  /** Absent where nothing is delivered. */
  readonly admin?: DeliveryAdmin;
  /** What else is on the address. */
  readonly endpoints?: readonly Endpoint[];
}

export interface RunningApis extends Closable {
  readonly url: string;
}

/**
 * The Kubernetes API, the JSON API and the page over the store of a data directory, on one address. Rejects with the AppError that
 * kept it from starting.
 */
export async function startApis(
  config: ApisConfig,
  access: OpenedAccess,
  logger: Logger,
  { defaultCluster, admin, endpoints = [] }: ApisOptions,
): Promise<RunningApis> {
  const kubernetes = openKubernetesApi(config, logger, access, defaultCluster);
  const json = openJsonApi(config.dataDir, logger, access, admin);
  const { tls } = access;
  try {
    const all = [kubernetes.endpoint, json.endpoint, openPage(access.local), ...endpoints];
    const listener = await listen(all, config.listen, { ...(tls && { tls }) });
    return {
      url: listener.url,
      async close() {
        // Watches end properly before their connections do.
        json.end();
        await kubernetes.end();
        await closeAll([listener, json, kubernetes]);
      },
    };
  } catch (error) {
    await kubernetes.end();
    await closeAll([json, kubernetes]);
    throw error;
  }
}
