import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { DeliveryAdmin } from '../../component/delivery-admin.ts';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Access } from '../access.ts';
import { type Endpoint, sendText } from '../listener.ts';
import type { JsonApiStore, RecordJson } from './operation.ts';

export interface JsonApiOptions {
  /** Opened with the first request. */
  readonly open: () => JsonApiStore & { close(): Promise<void> };
  readonly access: Access;
  /** Absent where nothing is delivered. */
  readonly admin?: DeliveryAdmin;
  /** Whether callers are known, so that some of them may operate what is delivered. */
  readonly mayAdminister: boolean;
  readonly recordJson: RecordJson;
  /** Tidings' own. */
  readonly version: string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly now?: () => number;
}

/** Tidings' own API, below `/tidings/v1/`; docs/json-api.md says what it is for. */
export class JsonApi implements Pick<Endpoint, 'serves' | 'answer'> {
  readonly #options: JsonApiOptions;
  /** Loaded when somebody asks: the framework and the languages take some MiB. */
  #app: Promise<RequestListener> | undefined;
  readonly #closing = new AbortController();
  #store: ReturnType<JsonApiOptions['open']> | undefined;

  constructor(options: JsonApiOptions) {
    this.#options = options;
  }

  serves(path: string): boolean {
    return path === '/tidings/v1' || path.startsWith('/tidings/v1/');
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#app ??= this.#load();
    try {
      (await this.#app)(request, response);
    } catch (error) {
      // What could not be opened now may be another time.
      this.#app = undefined;
      const { problemOf } = await import('./problem.ts');
      const { details } = problemOf(error);
      this.#options.logger.warn({ error: messageOf(error) }, 'the JSON API cannot be opened');
      sendText(response, details.status, `${JSON.stringify(details)}\n`, 'application/problem+json');
    }
  }

  /** Ends the streams; to be called before their connections are closed. */
  end(): void {
    this.#closing.abort();
  }

  /** To be called when nobody is answered any more. */
  async close(): Promise<void> {
    await this.#store?.close();
  }

  async #load(): Promise<RequestListener> {
    const [{ jsonApp }, { CommitPoll }] = await Promise.all([import('./json-app.ts'), import('./commit-poll.ts')]);
    const { open, access, admin, mayAdminister, recordJson, version, logger, now = Date.now } = this.#options;
    this.#store ??= open();
    const { history, ledger, savedQueries } = this.#store;
    const closing = this.#closing.signal;
    const commits = new CommitPoll(() => history.dataVersion(), closing);
    return jsonApp(
      { history, ledger, savedQueries, access, admin, mayAdminister, recordJson, version, now, closing, commits },
      logger,
    );
  }
}
