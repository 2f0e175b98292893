/**
 * Lists, page by page, all pages as of the first one's resourceVersion.
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/storage/continue.go
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Representation } from './_representation.ts';
import { throttled } from './_throttle.ts';
import {
  badRequest,
  CONTINUE_AND_VERSION,
  continueExpired,
  LIST_EXPIRED,
  StatusError,
  versionTooLarge,
} from './api-status.ts';
import type { EventRequest } from './event-request.ts';
import type { EventStore, Page, StoredEvent } from './event-store.ts';

// https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/endpoints/handlers/responsewriters/writers.go
const GZIP_FROM_BYTES = 128 * 1024;
const GZIP_LEVEL = 1;
const ITEMS_A_CHUNK = 200;

interface ContinueToken {
  readonly v: 'meta.k8s.io/v1';
  readonly rv: number;
  readonly start: string;
}

/** The page that a request asks for. Throws {@link StatusError}. */
export function pageOf(store: EventStore, request: EventRequest): Page {
  const prefix = request.namespace === undefined ? '' : `${request.namespace}/`;
  const { resourceVersion, from } = startOf(store, request, prefix);
  // '0' follows '/', and all names of events are below U+FFFF.
  const until = request.namespace === undefined ? '\uffff' : `${request.namespace}0`;
  const limit = request.limit ?? Number.POSITIVE_INFINITY;
  return store.page(from, until, limit, resourceVersion, request.select);
}

function startOf(store: EventStore, request: EventRequest, prefix: string): { resourceVersion: number; from: string } {
  const wanted = request.resourceVersion ?? 0;
  if (request.continue !== undefined) {
    if (wanted !== 0) throw new StatusError(CONTINUE_AND_VERSION);
    const token = parseToken(request.continue);
    const from = prefix + token.start;
    if (token.rv < 0) return { resourceVersion: store.resourceVersion, from };
    if (token.rv < store.compacted) {
      throw new StatusError(continueExpired(formatToken({ ...token, rv: -1 })));
    }
    return { resourceVersion: token.rv, from };
  }
  if (wanted > store.resourceVersion)
    throw new StatusError(versionTooLarge(wanted, store.resourceVersion), { 'Retry-After': '1' });
  // With a limit a list from an exact version is that version's, without one it is the newest.
  if (wanted !== 0 && request.limit !== undefined && wanted < store.compacted) throw new StatusError(LIST_EXPIRED);
  return { resourceVersion: store.resourceVersion, from: prefix };
}

/** Answers with the page; a large one is compressed for whoever accepts it, and streamed. */
export async function sendList(
  response: ServerResponse,
  request: EventRequest,
  page: Page,
  options: { readonly gzip: boolean; readonly bytesPerSecond: number | undefined },
): Promise<void> {
  const parts = listParts(request, page);
  const size = page.items.reduce((sum, item) => sum + item.json.length, 0);
  if (options.gzip && size > GZIP_FROM_BYTES) {
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Vary', 'Accept-Encoding');
    await pipeline(
      Readable.from(parts),
      createGzip({ level: GZIP_LEVEL }),
      throttled(options.bytesPerSecond),
      response,
    );
    return;
  }
  if (size > GZIP_FROM_BYTES || options.bytesPerSecond !== undefined) {
    await pipeline(Readable.from(parts), throttled(options.bytesPerSecond), response);
    return;
  }
  const body = Buffer.from([...parts].join(''));
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

function* listParts(request: EventRequest, page: Page): Generator<string, void> {
  const { resourceVersion, next, remaining, items } = page;
  const prefix = request.namespace === undefined ? '' : `${request.namespace}/`;
  const metadata = {
    resourceVersion: String(resourceVersion),
    ...(next !== undefined && {
      continue: formatToken({ v: 'meta.k8s.io/v1', rv: resourceVersion, start: next.slice(prefix.length) }),
    }),
    // Nobody has counted what a selector would leave.
    ...(next !== undefined && !request.select && { remainingItemCount: remaining }),
  };
  const { listKind, apiVersion } = request.representation;
  yield `{"kind":"${listKind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
  for (let from = 0; from < items.length; from += ITEMS_A_CHUNK) {
    const chunk = items.slice(from, from + ITEMS_A_CHUNK).map((item) => itemJson(item, request.representation));
    yield (from === 0 ? '' : ',') + chunk.join(',');
  }
  yield ']}\n';
}

// Items of a list do not repeat what they are.
function itemJson(item: StoredEvent, representation: Representation): string {
  const json = representation.json(item.json);
  return `{${json.slice(json.indexOf('"metadata":'))}`;
}

function formatToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function parseToken(text: string): ContinueToken {
  const decoded = Buffer.from(text, 'base64url').toString();
  try {
    const token = JSON.parse(decoded) as Partial<ContinueToken>;
    if (token.v === 'meta.k8s.io/v1' && typeof token.rv === 'number' && typeof token.start === 'string') {
      return { v: token.v, rv: token.rv, start: token.start };
    }
  } catch {
    // Falls through to the answer for what is no token.
  }
  const found = decoded.slice(0, 1);
  const detail = `invalid character '${found}' looking for beginning of value`;
  throw new StatusError(badRequest(`invalid continue token: continue key is not valid: ${detail}`));
}
