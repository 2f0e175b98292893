import { AppError } from '../../core/errors.ts';
import { environmentProxy, isProxyUrl, PROXY_URL } from '../../util/environment-proxy.ts';

/** The proxy that the environment names for an API server. Throws an AppError KUBECONFIG_INVALID for something else. */
export function serverProxy(server: string, env: NodeJS.ProcessEnv): string | undefined {
  const proxy = environmentProxy(server, env);
  if (!proxy || isProxyUrl(proxy.url)) return proxy?.url;
  throw new AppError(
    'KUBECONFIG_INVALID',
    `use the proxy of ${proxy.variable}: found something else, want ${PROXY_URL}`,
  );
}
