/** How to reach one API server, and as whom: what every way of configuring it comes down to. */
import type { ExecConfig } from './exec-plugin.ts';

/** Something in PEM: given as it is, or a file that may be replaced while it is in use. */
export type Pem = { readonly data: string } | { readonly file: string };

export interface ServerTls {
  /** The authorities to trust instead of the system's. */
  readonly ca?: Pem;
  /** The name its certificate has to be valid for, and the SNI, instead of the URL's host. */
  readonly serverName?: string;
  /** Accepts any certificate. */
  readonly insecure: boolean;
}

export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Holds secrets: never log or print it. */
export interface Auth {
  readonly certificate?: { readonly cert: Pem; readonly key: Pem };
  /** When both are given, the file wins as long as it can be read. */
  readonly token?: string;
  readonly tokenFile?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly exec?: ExecConfig;
  readonly impersonate?: Impersonation;
}

export interface ClientConfig {
  /** An http or https URL, without user, query and trailing slash. */
  readonly server: string;
  readonly tls: ServerTls;
  /** An http, https or socks5 URL. May hold a password. */
  readonly proxyUrl?: string;
  readonly disableCompression: boolean;
  readonly auth: Auth;
  /** The context's name; absent in a pod and for a plain URL. */
  readonly contextName?: string;
  /** The context's namespace, or the pod's. */
  readonly namespace?: string;
}
