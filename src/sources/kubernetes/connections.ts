import { AppError, messageOf } from '../../core/errors.ts';
import type { Dispatcher } from '../../util/undici.ts';
import type { ClientConfig } from './client-config.ts';
import type { CurrentCredentials } from './credentials.ts';
import { createDispatcher, type Identity } from './dispatcher.ts';
import { pemReader } from './pem-reader.ts';

/** The connections to one API server, made anew when the certificate of either side has been replaced. */
export class Connections {
  readonly #config: ClientConfig;
  readonly #readCa: ReturnType<typeof pemReader> | undefined;
  #identity: Identity | undefined;
  #dispatcher: Dispatcher | undefined;
  /** Those of earlier certificates that still have requests under way. */
  readonly #retired = new Set<Dispatcher>();
  #closed = false;

  /** `now` in milliseconds. */
  constructor(config: ClientConfig, now: () => number) {
    this.#config = config;
    if (config.tls.ca) this.#readCa = pemReader(config.tls.ca, 'a certificate authority', now);
  }

  /** Rejects with an AppError CREDENTIALS_FAILED when a certificate or key cannot be used. */
  async dispatcher(certificate: CurrentCredentials['certificate']): Promise<Dispatcher> {
    const ca = await this.#readCa?.({ fresh: false });
    if (this.#closed)
      throw new AppError('API_REQUEST_FAILED', `connect to ${this.#config.server}: the client was closed`);
    const { ca: usedCa, certificate: usedCertificate } = this.#identity ?? {};
    if (this.#dispatcher && ca === usedCa && certificate === usedCertificate) return this.#dispatcher;
    const identity = { ca, certificate };
    try {
      const created = createDispatcher(this.#config, identity);
      if (this.#dispatcher) this.#retire(this.#dispatcher);
      this.#identity = identity;
      this.#dispatcher = created;
    } catch (error) {
      // A certificate and its key are two files: there is an instant when only one of them has been replaced.
      if (!this.#dispatcher) throw unusable(error);
    }
    return this.#dispatcher;
  }

  /** Ends everything under way. */
  async close(): Promise<void> {
    this.#closed = true;
    const dispatchers = [...this.#retired, ...(this.#dispatcher ? [this.#dispatcher] : [])];
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }

  #retire(dispatcher: Dispatcher): void {
    this.#retired.add(dispatcher);
    const forget = (): void => void this.#retired.delete(dispatcher);
    dispatcher.close().then(forget, forget);
  }
}

function unusable(error: unknown): AppError {
  return new AppError('CREDENTIALS_FAILED', `use the client certificate and its key: ${messageOf(error)}`, {
    cause: error,
  });
}
