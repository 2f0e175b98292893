import { RotatingFile } from '../../config/rotating-file.ts';
import { AppError } from '../../core/errors.ts';
import type { Auth, Impersonation } from './client-config.ts';
import { type ExecCredential, runExecPlugin } from './exec-plugin.ts';
import { pemReader } from './pem-reader.ts';

/** What a request carries to say who asks. Holds secrets: never log or print it. */
export interface CurrentCredentials {
  /** Authorization and Impersonate-*. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** PEM. The same object as long as it did not change. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export interface CredentialsOptions {
  /** What exec plugins inherit. */
  readonly env?: NodeJS.ProcessEnv;
  /** In milliseconds. */
  readonly now?: () => number;
}

/**
 * The credentials of one user of a cluster, kept current: files are read again when they may have been replaced, exec
 * plugins run again when what they gave has expired. Callers at the same time share one run of a plugin.
 */
export class Credentials {
  readonly #auth: Auth;
  readonly #env: NodeJS.ProcessEnv;
  readonly #now: () => number;
  readonly #impersonation: Readonly<Record<string, string | string[]>>;
  readonly #tokenFile: RotatingFile | undefined;
  readonly #certificate: ((options: { fresh: boolean }) => Promise<{ cert: string; key: string }>) | undefined;
  readonly #closing = new AbortController();
  #run: Promise<ExecCredential> | undefined;
  #ran: ExecCredential | undefined;
  #latest: CurrentCredentials | undefined;

  constructor(auth: Auth, options: CredentialsOptions = {}) {
    this.#auth = auth;
    this.#env = options.env ?? process.env;
    this.#now = options.now ?? Date.now;
    this.#impersonation = auth.impersonate ? impersonationHeaders(auth.impersonate) : {};
    this.#tokenFile = auth.tokenFile === undefined ? undefined : new RotatingFile(auth.tokenFile, 'a token', this.#now);
    if (auth.certificate) {
      const readCert = pemReader(auth.certificate.cert, 'a client certificate', this.#now);
      const readKey = pemReader(auth.certificate.key, 'a client key', this.#now);
      this.#certificate = async (how) => ({ cert: await readCert(how), key: await readKey(how) });
    }
  }

  /** The same object as long as nothing in it changed. Rejects with an AppError CREDENTIALS_FAILED. */
  current(): Promise<CurrentCredentials> {
    return this.#gather({ fresh: false });
  }

  /**
   * What to try after the API server has refused `rejected` with 401: others, or `rejected` itself when there are none.
   * Rejects as `current`.
   */
  async renew(rejected: CurrentCredentials): Promise<CurrentCredentials> {
    const current = await this.#gather({ fresh: false });
    return current === rejected ? this.#gather({ fresh: true }) : current;
  }

  /** Ends a plugin that is running. */
  close(): void {
    this.#closing.abort(new AppError('CREDENTIALS_FAILED', 'run exec plugin: the client was closed'));
  }

  async #gather(how: { readonly fresh: boolean }): Promise<CurrentCredentials> {
    const certificate = await this.#certificate?.(how);
    const given = await this.#givenAuthorization(how);
    // As in client-go, credentials that the kubeconfig gives itself go before those of a plugin.
    const ran = this.#auth.exec && given === undefined ? await this.#execCredential(how) : undefined;
    const authorization = given ?? (ran?.token === undefined ? undefined : bearer(ran.token, 'the exec plugin'));
    return this.#remember(authorization, certificate ?? ran?.certificate);
  }

  async #givenAuthorization(how: { readonly fresh: boolean }): Promise<string | undefined> {
    const { token, basic } = this.#auth;
    if (this.#tokenFile) {
      const read = await this.#tokenFile.read(how).catch((error: unknown) => {
        if (token === undefined) throw error;
        return token;
      });
      return bearer(read, 'the token file');
    }
    if (token !== undefined) return bearer(token, 'the kubeconfig');
    if (basic) return `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
    return undefined;
  }

  async #execCredential(how: { readonly fresh: boolean }): Promise<ExecCredential> {
    const expired = (this.#ran?.expiresAt ?? Number.POSITIVE_INFINITY) <= this.#now();
    if (this.#ran && !expired && !how.fresh) return this.#ran;
    this.#run ??= this.#runPlugin().finally(() => {
      this.#run = undefined;
    });
    return this.#run;
  }

  async #runPlugin(): Promise<ExecCredential> {
    const { exec } = this.#auth;
    if (!exec) return {};
    this.#ran = await runExecPlugin(exec, { env: this.#env, signal: this.#closing.signal });
    return this.#ran;
  }

  #remember(authorization: string | undefined, given: CurrentCredentials['certificate']): CurrentCredentials {
    const latest = this.#latest;
    const isSame = latest?.certificate?.cert === given?.cert && latest?.certificate?.key === given?.key;
    const certificate = isSame ? latest?.certificate : given;
    if (latest && isSame && latest.headers['authorization'] === authorization) return latest;
    this.#latest = {
      headers: { ...this.#impersonation, ...(authorization !== undefined && { authorization }) },
      ...(certificate && { certificate }),
    };
    return this.#latest;
  }
}

function bearer(token: string, origin: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new AppError(
      'CREDENTIALS_FAILED',
      `use the token of ${origin}: found a blank or another character that no token has`,
    );
  }
  return `Bearer ${token}`;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonationHeaders(as: Impersonation): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { 'impersonate-user': headerText(as.user) };
  if (as.uid !== undefined) headers['impersonate-uid'] = headerText(as.uid);
  if (as.groups.length > 0) headers['impersonate-group'] = as.groups.map(headerText);
  for (const [key, values] of Object.entries(as.extra)) {
    if (values.length > 0) headers[`impersonate-extra-${headerKey(key)}`] = values.map(headerText);
  }
  return headers;
}

// HTTP headers are bytes; the API server reads UTF-8 in them.
function headerText(value: string): string {
  return Buffer.from(value).toString('latin1');
}

function headerKey(key: string): string {
  const encoded = encodeURIComponent(key.toWellFormed());
  return encoded.replaceAll(/[()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`).toLowerCase();
}
