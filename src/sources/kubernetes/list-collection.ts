/** Lists: all of a collection in pages, and the smallest possible one for its resourceVersion. */
import type { Readable } from 'node:stream';
import { AppError } from '../../core/errors.ts';
import { isResourceVersion } from '../../core/resource-version.ts';
import { statusErrorOf } from './api-response.ts';
import { ApiStatusError } from './api-status.ts';
import type { KubernetesClient } from './client.ts';
import type { CollectionRequest } from './collection-request.ts';
import type { Piece } from './held-bytes.ts';
import { ListItemSplitter, type ListMetadata } from './list-item-splitter.ts';
import { requestFailure } from './request-failure.ts';
import { isExpired } from './scope-failure.ts';
import type { WatchTimings } from './watch-timings.ts';

export interface ListOptions {
  readonly client: KubernetesClient;
  readonly request: CollectionRequest;
  readonly timings: WatchTimings;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** A page begins to arrive. */
  readonly onPage: () => void;
  /** Called with each chunk's length and the items that end in it; the next is read when it has resolved. */
  readonly onItems: (items: readonly Piece[], bytes: number) => Promise<void>;
}

export interface Snapshot {
  /** The list is what was alive at this resourceVersion. */
  readonly resourceVersion: string;
  /** In milliseconds, by our own clock. */
  readonly asOf: number;
}

/**
 * Reads every page. `asOf` is when the first answered: everything before it is in the list or, from its resourceVersion
 * on, in the watch that follows. Where pages expire before the last one is read, which they would again, all is read in one
 * answer, as client-go does: https://github.com/kubernetes/client-go/blob/v0.35.4/tools/pager/pager.go
 * Rejects as the client does: a list that fails is begun again as a whole.
 */
export async function listCollection(options: ListOptions): Promise<Snapshot> {
  let asOf: number | undefined;
  let token: string | undefined;
  const onAnswer = (): void => {
    asOf ??= options.now();
  };
  for (;;) {
    let page: ListMetadata;
    try {
      page = await readPage(options, token, onAnswer);
    } catch (error) {
      if (token === undefined || !(error instanceof ApiStatusError) || !isExpired(error)) throw error;
      asOf = undefined;
      page = await readList(options, {}, onAnswer);
    }
    if (page.continue === undefined) return { resourceVersion: page.resourceVersion, asOf: asOf ?? options.now() };
    if (page.continue === token) {
      throw new AppError(
        'API_REQUEST_FAILED',
        `list ${options.request.resource}: found the continue token of the page before, want that of the next page`,
      );
    }
    token = page.continue;
  }
}

/** Reads the first page, or the one that a token stands for; rejects as {@link listCollection} does. */
export function readPage(options: ListOptions, token?: string, onAnswer = () => {}): Promise<ListMetadata> {
  return readList(options, { limit: options.timings.pageLimit, continue: token }, onAnswer);
}

async function readList(
  options: ListOptions,
  part: { readonly limit?: number; readonly continue?: string | undefined },
  onAnswer: () => void,
): Promise<ListMetadata> {
  const { client, request, timings, signal, onPage, onItems } = options;
  const response = await client.request(request.path, {
    query: { ...request.query, ...part },
    ...acceptOf(request),
    gzip: true,
    headersTimeoutMs: timings.headersTimeoutMs,
    bodyTimeoutMs: timings.listBodyTimeoutMs,
    signal,
  });
  if (response.status !== 200) throw await statusErrorOf(`list ${request.resource}`, response);
  onAnswer();
  onPage();
  const splitter = new ListItemSplitter();
  for await (const chunk of chunksOf(response.body, options)) await onItems(splitter.push(chunk), chunk.length);
  return splitter.end(request.resource);
}

/** The chunks of a body; one that breaks off ends with an error for people. */
async function* chunksOf(body: Readable, { client, request, signal }: ListOptions): AsyncGenerator<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    throw signal.aborted ? signal.reason : requestFailure(`list ${request.resource}`, client.server, error);
  }
}

/**
 * The collection's resourceVersion, by a list of one: it comes from etcd itself and is never older than anything
 * observed before. `asOf` is when it was asked for: what was written before that is not newer than it.
 */
export async function refreshVersion(
  options: Pick<ListOptions, 'client' | 'request' | 'timings' | 'now' | 'signal'>,
): Promise<Snapshot> {
  const { client, request, timings, now, signal } = options;
  const asOf = now();
  const list = await client.getJson<{ readonly metadata?: { readonly resourceVersion?: unknown } } | null>(
    request.path,
    {
      query: { ...request.query, limit: 1 },
      ...acceptOf(request),
      headersTimeoutMs: timings.headersTimeoutMs,
      bodyTimeoutMs: timings.listBodyTimeoutMs,
      signal,
    },
  );
  const resourceVersion = list?.metadata?.resourceVersion;
  if (!isResourceVersion(resourceVersion)) {
    throw new AppError(
      'API_REQUEST_FAILED',
      `list ${request.resource}: found no numeric metadata.resourceVersion, want a list`,
    );
  }
  return { resourceVersion, asOf };
}

/** The header is left out, not undefined. */
export function acceptOf({ accept }: CollectionRequest): { readonly accept?: string } {
  return accept === undefined ? {} : { accept };
}
