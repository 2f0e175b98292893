import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { DeliveryAdmin } from '../../component/delivery-admin.ts';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Access, Callers } from '../access.ts';
import type { FairUse } from '../fair-use.ts';
import { type Endpoint, sendText } from '../listener.ts';
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

type OpenedStore = ReturnType<JsonApiOptions['open']>;

interface Opened {
  readonly store: OpenedStore;
  readonly app: RequestListener;
  /** What is being answered from it. */
  readonly answering: Set<ServerResponse>;
}

/** Tidings' own API, below `/tidings/v1`; docs/json-api.md says what it is for. */
export class JsonApi implements Pick<Endpoint, 'serves' | 'answer'> {
  readonly #options: JsonApiOptions;
  /** When somebody asks: the framework and the languages take some MiB. */
  #opened: Promise<Opened> | undefined;
  readonly #closing = new AbortController();
  /** The closing of stores that were replaced. */
  #retired = Promise.resolve();

  constructor(options: JsonApiOptions) {
    this.#options = options;
  }

  serves(path: string): boolean {
    return path === '/tidings/v1' || path.startsWith('/tidings/v1/');
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { app, answering } = await this.#current();
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
    const opened = await this.#opened?.catch(() => undefined);
    await this.#retired;
    await opened?.store.close();
  }

  /** Over the store that is there now: another one may have taken the place of the one that was opened. */
  async #current(): Promise<Opened> {
    const opening = (this.#opened ??= this.#open());
    const opened = await opening;
    if (isInPlace(opened.store)) return opened;
    if (this.#opened === opening) {
      this.#opened = this.#open();
      this.#retired = this.#retired.then(() => retire(opened));
    }
    return this.#opened ?? this.#current();
  }

  /** What cannot be opened now may be another time. */
  async #open(): Promise<Opened> {
    try {
      return await this.#load();
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async #load(): Promise<Opened> {
    const [{ jsonApp }, { CommitPoll }] = await Promise.all([import('./json-app.ts'), import('../commit-poll.ts')]);
    const { open, access, callers, admin, recordJson, version, logger, fairUse, now = Date.now } = this.#options;
    const store = open();
    const { history, ledger, savedQueries } = store;
    const closing = this.#closing.signal;
    const commits = new CommitPoll(() => history.dataVersion(), closing);
    const app = jsonApp(
      {
        history,
        ledger,
        savedQueries,
        access,
        callers,
        admin,
        recordJson,
        version,
        now,
        fairUse,
        closing,
        commits,
      },
      logger,
    );
    return { store, app, answering: new Set() };
  }
}

function isInPlace({ history }: OpenedStore): boolean {
  try {
    history.dataVersion();
    return true;
  } catch {
    return false;
  }
}

/** When what is answered from it has been: streams end by themselves. */
async function retire({ store, answering }: Opened): Promise<void> {
  await Promise.all(
    [...answering].map((response) => new Promise<void>((resolve) => void response.once('close', resolve))),
  );
  await store.close();
}
