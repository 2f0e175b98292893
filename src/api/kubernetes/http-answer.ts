/**
 * Answers over HTTP, with the API server's manners: a large body is streamed, and compressed for whoever accepts it.
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/endpoints/handlers/responsewriters/writers.go
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { sendJson } from '../send-json.ts';
import { type MediaType, YAML_TYPE } from './media-type.ts';

const GZIP_FROM_BYTES = 128 * 1024;
const GZIP_LEVEL = 1;
const COMMA = 0x2c;
/** A client that takes nothing of a large answer for so long is cut off. */
const SLOW_MS = 30_000;

export interface ObjectOptions {
  readonly pretty: boolean;
  readonly mediaType: MediaType;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One object in the form that a client takes: indented, or YAML, without a line's end. */
export function sendObject(
  response: ServerResponse,
  code: number,
  body: object,
  { pretty, mediaType, headers }: ObjectOptions,
): void {
  const isYaml = mediaType === YAML_TYPE;
  if (!pretty && !isYaml) return sendJson(response, code, body, headers);
  const indented = JSON.stringify(body, undefined, 2);
  const text = isYaml ? asYaml(indented) : indented;
  response.writeHead(code, { 'Content-Type': mediaType, ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

/**
 * JSON is YAML but for characters that have to be escaped there: those that are not printable, and those that break lines.
 * A surrogate that is alone is no character: parsers such as libyaml refuse all of a text that has one, even escaped.
 * https://yaml.org/spec/1.2.2/#51-character-set
 */
function asYaml(json: string): string {
  return json.replace(/\\ud...|\\.|[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (found) => {
    if (found.startsWith('\\')) return found.length > 2 ? '\\ufffd' : found;
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export interface StreamOptions {
  readonly pretty: boolean;
  readonly mediaType: MediaType;
  readonly gzip: boolean;
}

/** Prints the items of one list as they stand in it, a batch behind the other. */
export function itemsPrinter(
  { pretty, mediaType }: Omit<StreamOptions, 'gzip'>,
  printed: (text: string) => Buffer,
): (items: readonly object[]) => Buffer {
  const isYaml = mediaType === YAML_TYPE;
  const isIndented = pretty || isYaml;
  let isFirst = true;
  return (items) => {
    if (items.length === 0) return Buffer.alloc(0);
    const text = isIndented
      ? `[${items.map((item) => `\n    ${JSON.stringify(item, undefined, 2).replaceAll('\n', '\n    ')}`).join()}]`
      : // At once: to print the array costs half of printing its items one by one.
        JSON.stringify(items);
    // Bytes at once: text would be copied by the collector of young objects until the last batch is there.
    const bytes = printed(isYaml ? asYaml(text) : text);
    // In them, since text that is put together is copied once more.
    bytes[0] = COMMA;
    const begin = isFirst ? 1 : 0;
    isFirst = false;
    return bytes.subarray(begin, -1);
  };
}

/** An object whose last field is a list, of what {@link itemsPrinter} prints. Rejects when the client goes, or the items fail. */
export async function sendItems(
  response: ServerResponse,
  envelope: object,
  { field, items }: { readonly field: string; readonly items: AsyncIterable<Buffer> | Iterable<Buffer> },
  { pretty, mediaType, gzip }: StreamOptions,
): Promise<void> {
  const parts = listParts(envelope, field, items, pretty || mediaType === YAML_TYPE);
  const head: Buffer[] = [];
  let bytes = 0;
  let next = await parts.next();
  for (; !next.done && bytes < GZIP_FROM_BYTES; next = await parts.next()) {
    head.push(next.value);
    bytes += next.value.length;
  }
  if (next.done && bytes < GZIP_FROM_BYTES) {
    response.writeHead(200, { 'Content-Type': mediaType, 'Content-Length': bytes });
    response.end(Buffer.concat(head));
    return;
  }
  const body = Readable.from(continued(next.done ? head : [...head, next.value], parts));
  response.setHeader('Content-Type', mediaType);
  response.setTimeout(SLOW_MS, () => response.destroy());
  if (!gzip) return pipeline(body, response);
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
  return pipeline(body, createGzip({ level: GZIP_LEVEL }), response);
}

async function* continued(begun: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* begun;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* listParts(
  envelope: object,
  field: string,
  items: AsyncIterable<Buffer> | Iterable<Buffer>,
  isIndented: boolean,
): AsyncGenerator<Buffer> {
  const [begin, end] = isIndented
    ? [`${JSON.stringify(envelope, undefined, 2).slice(0, -2)},\n  "${field}": [`, ']\n}']
    : [`${JSON.stringify(envelope).slice(0, -1)},"${field}":[`, ']}\n'];
  yield Buffer.from(begin);
  let isEmpty = true;
  for await (const part of items) {
    if (part.length === 0) continue;
    isEmpty = false;
    yield part;
  }
  yield Buffer.from(isIndented && !isEmpty ? `\n  ${end}` : end);
}

/** Whether to indent what is sent: as it is asked for, else for browsers and the like. */
export function isPretty(request: IncomingMessage, query: URLSearchParams): boolean {
  const asked = query.get('pretty');
  if (asked) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers['user-agent'] ?? '');
}
