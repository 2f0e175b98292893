import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { DeliveryAdmin } from '../../component/delivery-admin.ts';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Access, Callers } from '../access.ts';
import type { FairUse } from '../fair-use.ts';
import { type Endpoint, sendText } from '../listener.ts';
import { ReplaceableStore } from '../replaceable-store.ts';
import { API_ROOT } from './api-root.ts';
import type { JsonApiStore, RecordJson } from './operation.ts';

export interface JsonApiOptions {
  /** Opened with the first request. */
  readonly open: () => JsonApiStore & { close(): Promise<void> };
  readonly access: Access;
  /** Absent where nothing is delivered. */
  readonly admin?: DeliveryAdmin;
  readonly callers: Callers;
  readonly recordJson: RecordJson;
  /** Tidings' own. */
  readonly version: string;
  readonly logger: Pick<Logger, 'warn'>;
  /** What one caller may take of it. */
  readonly fairUse: FairUse;
  readonly now?: () => number;
}

interface Opened {
  readonly store: ReturnType<JsonApiOptions['open']>;
  readonly app: RequestListener;
  /** What is being answered from it. */
  readonly answering: Set<ServerResponse>;
}

/** Tidings' own API, below `/tidings/v1`; docs/json-api.md says what it is for. */
export class JsonApi implements Pick<Endpoint, 'serves' | 'answer'> {
  readonly #options: JsonApiOptions;
  /** When somebody asks: the framework and the languages take some MiB. */
  #stores: Promise<ReplaceableStore<Opened>> | undefined;
  readonly #closing = new AbortController();

  constructor(options: JsonApiOptions) {
    this.#options = options;
  }

  serves(path: string): boolean {
    return path === API_ROOT || path.startsWith(`${API_ROOT}/`);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { app, answering } = (await (this.#stores ??= this.#load())).current();
      // Whoever has gone meanwhile does not go again.
      if (response.destroyed) return;
      answering.add(response);
      response.once('close', () => answering.delete(response));
      app(request, response);
    } catch (error) {
      const { problemOf } = await import('./problem.ts');
      const { details } = problemOf(error, this.#options.callers);
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
    await (await this.#stores)?.close();
  }

  async #load(): Promise<ReplaceableStore<Opened>> {
    const [{ jsonApp }, { CommitPoll }] = await Promise.all([import('./json-app.ts'), import('../commit-poll.ts')]);
    const { open, now = Date.now, logger, ...options } = this.#options;
    const closing = this.#closing.signal;
    return new ReplaceableStore<Opened>({
      open() {
        const store = open();
        const { history, ledger, savedQueries } = store;
        const commits = new CommitPoll(() => history.dataVersion(), closing);
        const read = { history, ledger, savedQueries, commits, closing, now };
        const app = jsonApp({ admin: undefined, ...options, ...read }, logger);
        return { store, app, answering: new Set() };
      },
      requireInPlace: ({ store }) => void store.history.dataVersion(),
      async close({ store, answering }) {
        // Streams end by themselves.
        await Promise.all(
          [...answering].map((response) => new Promise<void>((resolve) => void response.once('close', resolve))),
        );
        await store.close();
      },
    });
  }
}
