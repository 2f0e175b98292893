/** From a context of a kubeconfig to a client's configuration, with the checks that client-go makes on the way. */

import { isProxyUrl, PROXY_URL } from '../../util/environment-proxy.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { Auth, ClientConfig } from './client-config.ts';
import type { Entry, Kubeconfig } from './kubeconfig-file.ts';
import { contentOf, pemOf } from './kubeconfig-pem.ts';
import type { KubeconfigCluster, KubeconfigContext } from './kubeconfig-schema.ts';
import { authOf } from './kubeconfig-user.ts';
import { serverProxy } from './server-proxy.ts';

/** Every problem is `place: found …, want …`. */
export type ContextConfig =
  | { readonly config: ClientConfig }
  | { readonly problems: readonly string[]; readonly hint?: string };

export function contextConfig(
  name: string,
  context: Entry<KubeconfigContext>,
  kubeconfig: Kubeconfig,
  env: NodeJS.ProcessEnv,
): ContextConfig {
  const problems: string[] = [];
  const cluster = kubeconfig.clusters.get(context.value.cluster);
  if (!cluster) problems.push(unknown(context, 'cluster', kubeconfig.clusters));
  const user = kubeconfig.users.get(context.value.user);
  // A context without a user is anonymous.
  if (!user && context.value.user !== '') problems.push(unknown(context, 'user', kubeconfig.users));
  const connection = cluster && connectionOf(cluster, env, problems);
  const auth = user ? authOf(user, cluster, problems) : {};
  if (problems.length > 0 || !connection) {
    return user?.value['auth-provider'] ? { problems, hint: AUTH_PROVIDER_HINT } : { problems };
  }
  const { namespace } = context.value;
  return {
    config: {
      ...connection,
      auth: sentTo(connection.server, auth),
      contextName: name,
      ...(namespace && { namespace }),
    },
  };
}

const AUTH_PROVIDER_HINT = 'kubectl dropped these as well; the provider has an exec plugin in their place.';

function unknown(
  context: Entry<KubeconfigContext>,
  what: 'cluster' | 'user',
  defined: ReadonlyMap<string, unknown>,
): string {
  const name = context.value[what];
  const nearest = nearestName(name, defined.keys());
  const didYouMean = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`;
  return `${context.place(what)}: found ${JSON.stringify(name)}, want the name of a ${what} that is defined${didYouMean}`;
}

function connectionOf(
  cluster: Entry<KubeconfigCluster>,
  env: NodeJS.ProcessEnv,
  problems: string[],
): Omit<ClientConfig, 'auth'> | undefined {
  const server = serverOf(cluster, problems);
  const tls = tlsOf(cluster, problems);
  const proxyUrl = proxyOf(cluster, problems) ?? (server && serverProxy(server, env));
  if (!server) return undefined;
  return { server, tls, ...(proxyUrl && { proxyUrl }), disableCompression: cluster.value['disable-compression'] };
}

function serverOf(cluster: Entry<KubeconfigCluster>, problems: string[]): string | undefined {
  const { server } = cluster.value;
  // As in client-go, an address without a scheme is one of plain HTTP.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `http://${server}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    problems.push(`${cluster.place('server')}: found ${server ? 'something else' : 'nothing'}, want an https URL`);
    return undefined;
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function tlsOf(cluster: Entry<KubeconfigCluster>, problems: string[]): ClientConfig['tls'] {
  const insecure = cluster.value['insecure-skip-tls-verify'];
  const serverName = cluster.value['tls-server-name'];
  const ca = pemOf(cluster, 'certificate-authority', problems);
  if (ca && insecure) {
    problems.push(
      `${cluster.place('insecure-skip-tls-verify')}: found together with certificate-authority, want one of them`,
    );
  }
  // One that cannot be read is reported already.
  if (ca && contentOf(ca)?.includes('-----BEGIN CERTIFICATE-----') === false) {
    const place = cluster.place('data' in ca ? 'certificate-authority-data' : 'certificate-authority');
    problems.push(`${place}: found no certificate, want one in PEM`);
  }
  return { insecure, ...(ca && { ca }), ...(serverName && { serverName }) };
}

function proxyOf(cluster: Entry<KubeconfigCluster>, problems: string[]): string | undefined {
  const proxy = cluster.value['proxy-url'];
  if (!proxy) return undefined;
  if (!isProxyUrl(proxy)) {
    problems.push(`${cluster.place('proxy-url')}: found something else, want ${PROXY_URL}`);
  }
  return proxy;
}

/** As in client-go, credentials go only where the connection is encrypted. */
function sentTo(server: string, auth: Auth): Auth {
  if (server.startsWith('https:')) return auth;
  return auth.impersonate ? { impersonate: auth.impersonate } : {};
}
