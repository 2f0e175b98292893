import type { Endpoint } from '../api/listener.ts';
import type { Logger } from '../telemetry/log.ts';
import type { OpenedAccess } from './open-access.ts';
import {
  type KubernetesApiConfig,
  openStoredKubernetesApi,
  type StoredKubernetesApi,
} from './stored-kubernetes-api.ts';

interface OpenedKubernetesApi extends Pick<StoredKubernetesApi, 'end' | 'close'> {
  readonly endpoint: Endpoint;
}

/** As {@link openStoredKubernetesApi}, for a listener. */
export function openKubernetesApi(
  config: KubernetesApiConfig,
  logger: Logger,
  { access, local, fairUse }: Pick<OpenedAccess, 'access' | 'local' | 'fairUse'>,
  defaultCluster?: () => Promise<string | undefined>,
): OpenedKubernetesApi {
  const stored = openStoredKubernetesApi(config, logger, {
    access,
    fairUse,
    ...(defaultCluster && { defaultCluster }),
  });
  return {
    endpoint: {
      local,
      serves: (path) => stored.serves(path),
      answer: (request, response) => stored.current().answer(request, response),
    },
    end: () => stored.end(),
    close: () => stored.close(),
  };
}
