/** The JSON API: what can be asked of it, and how it is answered over HTTP. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { acceptedEncodings } from '../accepted-encodings.ts';
import { goneSignal } from '../gone-signal.ts';
import { StatusError } from '../status-error.ts';
import { API_ROOT } from './api-root.ts';
import { complete } from './complete.ts';
import { getCoverage } from './coverage.ts';
import { countDeadLetters, getDeadLetter, listAllDeadLetters } from './dead-letters.ts';
import { exportRecords } from './export-records.ts';
import { getFacets } from './facets.ts';
import { getHistogram } from './histogram.ts';
import { getLedger } from './ledger.ts';
import { getEvent, listEvents } from './list-events.ts';
import { listSeries } from './list-series.ts';
import { getMeta, listClusters } from './meta.ts';
import { getObject, getObjectStory, getWorkload, getWorkloadStory } from './objects.ts';
import type { JsonApiContext, Operation } from './operation.ts';
import { Problem, problemOf } from './problem.ts';
import { listRecordDeliveries } from './record-deliveries.ts';
import { deleteSavedQuery, listSavedQueries, putSavedQuery } from './saved-queries.ts';
import {
  dropDeadLetters,
  forgetSink,
  getSinkActivity,
  listDeadLetters,
  listSinks,
  pauseSink,
  replayToSink,
  resumeSink,
  retryDeadLetters,
  seekSink,
  testSink,
} from './sinks.ts';
import { streamEvents } from './stream.ts';
import { StreamedAnswer } from './streamed-answer.ts';
import { getTimeline } from './timeline.ts';

export const OPERATIONS: readonly Operation[] = [
  getMeta,
  listClusters,
  listEvents,
  getEvent,
  listRecordDeliveries,
  listSeries,
  getHistogram,
  getFacets,
  complete,
  getTimeline,
  getObject,
  getObjectStory,
  getWorkload,
  getWorkloadStory,
  getCoverage,
  getLedger,
  exportRecords,
  streamEvents,
  listSinks,
  getSinkActivity,
  testSink,
  pauseSink,
  resumeSink,
  forgetSink,
  seekSink,
  replayToSink,
  listDeadLetters,
  retryDeadLetters,
  dropDeadLetters,
  listAllDeadLetters,
  countDeadLetters,
  getDeadLetter,
  listSavedQueries,
  putSavedQuery,
  deleteSavedQuery,
];

const MAX_BODY_BYTES = 65_536;
const GZIP_FROM_BYTES = 2_048;

type App = Hono<{ Bindings: HttpBindings }>;
type AppContext = Context<{ Bindings: HttpBindings }>;

export function jsonApp(context: JsonApiContext, logger: Pick<Logger, 'warn'>): RequestListener {
  const app: App = new Hono<{ Bindings: HttpBindings }>().basePath(API_ROOT);
  for (const operation of OPERATIONS) {
    app.on(operation.method, operation.path, (http) => answer(http, operation, { context, logger }));
  }
  for (const [path, operations] of Map.groupBy(OPERATIONS, (operation) => operation.path)) {
    const allowed = operations.map(({ method }) => method).join(', ');
    app.all(path, ({ req }) => {
      throw new Problem(405, `found ${req.method} ${req.path}, want ${allowed}`, {}, { Allow: allowed });
    });
  }
  app.get('/openapi.json', async (http) => {
    await context.access.path({ path: `${API_ROOT}/openapi.json`, verb: 'get' }, http.env.incoming);
    const { openApiDocument } = await import('./openapi.ts');
    return send(http, openApiDocument(OPERATIONS, { root: API_ROOT, version: context.version }));
  });
  app.notFound(({ req }) => problemAnswer(new Problem(404, `found no ${req.path}`)));
  app.onError((error, { env }) => {
    const problem = problemOf(error, context.callers);
    // What was thrown on purpose is no news to whoever runs Tidings, nor is a caller who has gone.
    const isExpected = error instanceof Problem || error instanceof StatusError || env.outgoing.destroyed;
    if (problem.details.status >= 500 && !isExpected)
      logger.warn({ error: messageOf(error) }, 'a request of the JSON API failed');
    return problemAnswer(problem);
  });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (request, response) => void listener(request, response);
}

async function answer(
  http: AppContext,
  operation: Operation,
  { context, logger }: { readonly context: JsonApiContext; readonly logger: Pick<Logger, 'warn'> },
): Promise<Response> {
  const start = performance.now();
  const { incoming, outgoing } = http.env;
  const query = new URL(http.req.url).searchParams;
  if (operation.streamed && incoming.method === 'HEAD')
    throw new Problem(405, `found HEAD, want ${operation.method}`, {}, { Allow: operation.method });
  if (operation.method !== 'GET') refuseOtherSites(incoming);
  const sent = operation.body && (await bodyOf(incoming));
  const call = { context, incoming, path: http.req.param(), query, body: sent, signal: goneSignal(outgoing) };
  const body = await operation.run(call);
  if (body instanceof StreamedAnswer) {
    try {
      await body.writeTo(outgoing);
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'a stream of the JSON API broke off');
    }
    return RESPONSE_ALREADY_SENT;
  }
  return send(http, { ...body, tookMs: Math.round((performance.now() - start) * 10) / 10 });
}

/** A page elsewhere may know where this is, and its reader may be let in by a certificate. */
function refuseOtherSites({ headers }: IncomingMessage): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const isOwn =
    site === undefined
      ? origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
      : site === 'same-origin' || site === 'none';
  if (!isOwn) throw new Problem(403, 'found a request of a page of another site, want one of this address');
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new Problem(413, `found a body of more than ${MAX_BODY_BYTES} bytes, want a shorter one`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    throw new Problem(400, `read the body: ${messageOf(error)}, want JSON`);
  }
}

/** What changes with every answer, though it says the same. */
const UNTAGGED: ReadonlySet<string> = new Set(['range', 'tookMs']);

async function send(http: AppContext, body: object): Promise<Response> {
  const hash = createHash('sha256');
  const parts = Object.entries(body).map(([name, value]) => {
    const part = `"${name}":${JSON.stringify(value)}`;
    if (!UNTAGGED.has(name)) hash.update(part);
    return part;
  });
  const headers: Record<string, string> = {
    'Cache-Control': 'no-cache, private',
    ETag: `W/"${hash.digest('base64url').slice(0, 22)}"`,
    Vary: 'Accept-Encoding, Authorization',
    'X-Content-Type-Options': 'nosniff',
  };
  const known = http.req.header('If-None-Match') ?? '';
  if (known.split(',').some((tag) => tag.trim() === headers['ETag']))
    return new Response(null, { status: 304, headers });
  const text = `{${parts.join(',')}}\n`;
  headers['Content-Type'] = 'application/json';
  if (text.length < GZIP_FROM_BYTES || !acceptedEncodings(http.env.incoming).includes('gzip'))
    return new Response(text, { headers });
  return new Response(await promisify(gzip)(text, { level: 1 }), {
    headers: { ...headers, 'Content-Encoding': 'gzip' },
  });
}

function problemAnswer({ details, headers }: Problem): Response {
  return new Response(`${JSON.stringify(details)}\n`, {
    status: details.status,
    headers: {
      ...headers,
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
}
