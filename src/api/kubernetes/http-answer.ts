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

/** Prints the items of one list as they stand in it, a batch behind the other. */
export function itemsPrinter(pretty: boolean): (items: readonly object[]) => Buffer {
  let separator = '';
  return (items) => {
    if (items.length === 0) return Buffer.alloc(0);
    const text = pretty
      ? items.map((item) => `\n    ${JSON.stringify(item, undefined, 2).replaceAll('\n', '\n    ')}`).join()
      : // At once: to print the array costs half of printing its items one by one.
        JSON.stringify(items).slice(1, -1);
    // Bytes at once: text would be copied by the collector of young objects until the last batch is there.
    const bytes = Buffer.from(`${separator}${text}`);
    separator = ',';
    return bytes;
  };
}

/** An object whose last field is a list, of what {@link itemsPrinter} prints. Rejects when the client goes, or the items fail. */
export async function sendItems(
  response: ServerResponse,
  envelope: object,
  { field, items }: { readonly field: string; readonly items: AsyncIterable<Buffer> | Iterable<Buffer> },
  { pretty, gzip }: StreamOptions,
): Promise<void> {
  const parts = listParts(envelope, field, items, pretty);
  const head: Buffer[] = [];
  let bytes = 0;
  let next = await parts.next();
  for (; !next.done && bytes < GZIP_FROM_BYTES; next = await parts.next()) {
    head.push(next.value);
    bytes += next.value.length;
  }
  if (next.done && bytes < GZIP_FROM_BYTES) {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': bytes });
    response.end(Buffer.concat(head));
    return;
  }
  const begun = Buffer.concat(next.done ? head : [...head, next.value]);
  const body = Readable.from(continued(begun, parts));
  response.setHeader('Content-Type', 'application/json');
  response.setTimeout(SLOW_MS, () => response.destroy());
  if (!gzip) return pipeline(body, response);
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
  return pipeline(body, createGzip({ level: GZIP_LEVEL }), response);
}

async function* continued(begun: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield begun;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* listParts(
  envelope: object,
  field: string,
  items: AsyncIterable<Buffer> | Iterable<Buffer>,
  pretty: boolean,
): AsyncGenerator<Buffer> {
  const [begin, end] = pretty
    ? [`${JSON.stringify(envelope, undefined, 2).slice(0, -2)},\n  "${field}": [`, ']\n}']
    : [`${JSON.stringify(envelope).slice(0, -1)},"${field}":[`, ']}\n'];
  yield Buffer.from(begin);
  let isEmpty = true;
  for await (const part of items) {
    if (part.length === 0) continue;
    isEmpty = false;
    yield part;
  }
  yield Buffer.from(pretty && !isEmpty ? `\n  ${end}` : end);
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
