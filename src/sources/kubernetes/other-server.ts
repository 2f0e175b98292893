/** How to reach a server that knows the users of a cluster, and is not its API server. */
import { getCACertificates } from 'node:tls';
import { AppError } from '../../core/errors.ts';
import { hostOf, isLoopback } from '../../util/environment-proxy.ts';
import type { Auth, ClientConfig, ServerTls } from './client-config.ts';
import { findClientConfig, type LoadOptions } from './kubeconfig.ts';
import { contentOf } from './kubeconfig-pem.ts';
import { serverProxy } from './server-proxy.ts';

export interface OtherServerOptions extends Pick<LoadOptions, 'kubeconfig' | 'context' | 'homeDir' | 'rootDir'> {
  readonly url: string;
  /** Whose token is used, instead of what a kubeconfig has. */
  readonly tokenFile?: string;
  /** Whose certificate the server shows, in PEM: a file. */
  readonly certificateAuthority?: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface OtherServer {
  readonly config: ClientConfig;
  /** Whom the server is told, for messages. */
  readonly credentials: string;
}

export const NO_CREDENTIALS = 'no credentials';
export const TOKEN_FILE = 'the token of --token-file';

/**
 * With the credentials of the kubeconfig's context, else of the pod, else with none. They go only where the connection is
 * encrypted; a token file also to this machine. Rejects with an AppError USAGE or KUBECONFIG_INVALID.
 */
export async function otherServer(options: OtherServerOptions): Promise<OtherServer> {
  const { tokenFile, certificateAuthority, env } = options;
  const url = parseUrl(options.url);
  const isEncrypted = url.protocol === 'https:';
  const server = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (tokenFile !== undefined && !isEncrypted && !isLoopback(hostOf(url))) {
    throw new AppError('USAGE', `use --token-file: found --url ${server}, want https, or an address of this machine`);
  }
  const user = isEncrypted && tokenFile === undefined ? await findClientConfig(options) : undefined;
  const auth: Auth = tokenFile === undefined ? (user?.auth ?? {}) : { tokenFile };
  const { tls, proxyUrl } = connectionTo(url, user, env);
  return {
    config: {
      server,
      tls: certificateAuthority === undefined ? tls : { insecure: false, ca: { file: certificateAuthority } },
      ...(proxyUrl !== undefined && { proxyUrl }),
      disableCompression: false,
      auth,
    },
    credentials: credentialsOf(auth, options, user),
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (isPlain && /^https?:$/.test(url.protocol)) return url;
  throw new AppError(
    'USAGE',
    `use --url: found ${url ? 'another' : 'no URL'}, want one such as https://tidings.example:7780`,
  );
}

/** A path of the API server itself, as through its proxy of services, is reached as the kubeconfig says. */
function connectionTo(
  url: URL,
  user: ClientConfig | undefined,
  env: NodeJS.ProcessEnv,
): Pick<ClientConfig, 'tls' | 'proxyUrl'> {
  if (user && new URL(user.server).origin === url.origin) return user;
  const proxyUrl = serverProxy(url.href, env);
  return { tls: tlsBeside(url, user), ...(proxyUrl !== undefined && { proxyUrl }) };
}

/** On the host of the API server it may show a certificate of the cluster's authority, or any that the system trusts. */
function tlsBeside(url: URL, user: ClientConfig | undefined): ServerTls {
  const isBeside = user !== undefined && hostOf(new URL(user.server)) === hostOf(url);
  const ca = isBeside && user.tls.ca ? contentOf(user.tls.ca) : undefined;
  if (ca === undefined) return { insecure: false };
  return { insecure: false, ca: { data: [...getCACertificates('default'), ca].join('\n') } };
}

function credentialsOf(auth: Auth, { tokenFile }: OtherServerOptions, user: ClientConfig | undefined): string {
  if (tokenFile !== undefined) return TOKEN_FILE;
  if (Object.keys(auth).length === 0) return NO_CREDENTIALS;
  const { contextName } = user ?? {};
  return contextName === undefined
    ? "the pod's service account"
    : `the credentials of context ${JSON.stringify(contextName)}`;
}
