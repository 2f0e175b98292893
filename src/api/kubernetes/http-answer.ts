/**
 * Answers over HTTP, with the API server's manners: a large body is streamed, and compressed for whoever accepts it.
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/endpoints/handlers/responsewriters/writers.go
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { parseAccept } from './media-type.ts';

const GZIP_FROM_BYTES = 128 * 1024;
const GZIP_LEVEL = 1;
/** A client that takes nothing of a large answer for so long is cut off. */
const SLOW_MS = 30_000;

export interface JsonOptions {
  readonly pretty?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendJson(response: ServerResponse, code: number, body: object, options: JsonOptions = {}): void {
  const { pretty = false, headers = {} } = options;
  // As Go's encoders do it: a line of its own, or indented without one at the end.
  const text = pretty ? JSON.stringify(body, undefined, 2) : `${JSON.stringify(body)}\n`;
  send(response, code, text, { 'Content-Type': 'application/json', ...headers });
}

function send(response: ServerResponse, code: number, text: string, headers: Readonly<Record<string, string>>): void {
  response.writeHead(code, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

export interface StreamOptions {
  readonly pretty: boolean;
  readonly gzip: boolean;
}

/** An object whose last field is a list, item by item as it comes. Rejects when the client goes, or the items fail. */
export async function sendItems(
  response: ServerResponse,
  envelope: object,
  { field, items }: { readonly field: string; readonly items: AsyncIterable<readonly object[]> },
  { pretty, gzip }: StreamOptions,
): Promise<void> {
  const parts = (pretty ? prettyParts : compactParts)(envelope, field, items)[Symbol.asyncIterator]();
  const head: string[] = [];
  let bytes = 0;
  let next = await parts.next();
  for (; !next.done && bytes < GZIP_FROM_BYTES; next = await parts.next()) {
    head.push(next.value);
    bytes += Buffer.byteLength(next.value);
  }
  if (next.done && bytes < GZIP_FROM_BYTES) {
    send(response, 200, head.join(''), { 'Content-Type': 'application/json' });
    return;
  }
  const rest = next.done ? [] : [next.value];
  const body = Readable.from(concatenated([...head, ...rest], parts));
  response.setHeader('Content-Type', 'application/json');
  response.setTimeout(SLOW_MS, () => response.destroy());
  if (!gzip) return pipeline(body, response);
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
  return pipeline(body, createGzip({ level: GZIP_LEVEL }), response);
}

async function* concatenated(first: readonly string[], rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield first.join('');
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* compactParts(
  envelope: object,
  field: string,
  items: AsyncIterable<readonly object[]>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(envelope).slice(0, -1)},"${field}":[`;
  let separator = '';
  for await (const batch of items) {
    if (batch.length === 0) continue;
    // At once: to print the array costs half of printing its items one by one.
    yield `${separator}${JSON.stringify(batch).slice(1, -1)}`;
    separator = ',';
  }
  yield ']}\n';
}

async function* prettyParts(
  envelope: object,
  field: string,
  items: AsyncIterable<readonly object[]>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(envelope, undefined, 2).slice(0, -2)},\n  "${field}": [`;
  let isFirst = true;
  for await (const batch of items) {
    for (const item of batch) {
      yield `${isFirst ? '' : ','}\n    ${JSON.stringify(item, undefined, 2).replaceAll('\n', '\n    ')}`;
      isFirst = false;
    }
  }
  yield isFirst ? ']\n}' : '\n  ]\n}';
}

/** Whether to indent what is sent: as it is asked for, else for browsers and the like. */
export function isPretty(request: IncomingMessage, query: URLSearchParams): boolean {
  const asked = query.get('pretty');
  if (asked) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers['user-agent'] ?? '');
}

export function acceptsGzip(request: IncomingMessage): boolean {
  const accepted = request.headers['accept-encoding'];
  return (
    accepted !== undefined && parseAccept(String(accepted)).some(({ type, quality }) => type === 'gzip' && quality > 0)
  );
}
