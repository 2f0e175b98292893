/**
 * A client of the JSON API for pages and programs: it needs `fetch` alone. Its types are those of the schemas that the
 * API checks by; nothing of them is in it when it runs.
 */
import type * as v from 'valibot';
import type { streamedSchema } from './answers.ts';
import { API_ROOT } from './api-root.ts';
import type { complete } from './complete.ts';
import type { getCoverage } from './coverage.ts';
import type { countDeadLetters, getDeadLetter, listAllDeadLetters } from './dead-letters.ts';
import type { exportRecords } from './export-records.ts';
import type { getFacets } from './facets.ts';
import type { getHistogram } from './histogram.ts';
import type { getLedger } from './ledger.ts';
import type { getEvent, listEvents } from './list-events.ts';
import type { listSeries } from './list-series.ts';
import type { getMeta, listClusters } from './meta.ts';
import type { getObject, getObjectStory, getWorkload, getWorkloadStory } from './objects.ts';
import type { ProblemDetails } from './problem.ts';
import { queryOf } from './query-of.ts';
import type { listRecordDeliveries } from './record-deliveries.ts';
import type { deleteSavedQuery, listSavedQueries, putSavedQuery } from './saved-queries.ts';
import type {
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
import type { streamEvents } from './stream.ts';
import type { getTimeline } from './timeline.ts';

interface Typed {
  readonly parameters: v.ObjectEntries;
  readonly answer: v.GenericSchema;
  readonly body?: v.GenericSchema | undefined;
}

type ParametersOf<T extends Typed> = v.InferInput<v.StrictObjectSchema<T['parameters'], undefined>>;
type BodyOf<T extends Typed> = v.InferInput<NonNullable<T['body']>>;
type AnswerOf<T extends Typed> = v.InferOutput<T['answer']>;
type Streamed = v.InferOutput<typeof streamedSchema>;

export interface ClientOptions {
  /** Where Tidings answers: what comes before `/tidings/v1`. */
  readonly url: string | URL;
  /** With what rights are proved by, as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the global one: for another way to connect. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ObjectName {
  /** Of a workload empty where it is not known. */
  readonly kind: string;
  /** Empty for what has none. */
  readonly namespace: string;
  readonly name: string;
}

export interface StreamedEvent {
  readonly event: 'rows' | 'records' | 'gap' | 'beat';
  /** Where to go on when the connection breaks: the `cursor` of another stream. */
  readonly id: string;
  readonly data: Streamed;
}

/** What the API answered instead. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails) {
    super(details.detail);
    this.details = details;
  }
}

/** Its methods reject with {@link ApiProblem}, and as `fetch` does when there is no answer. */
export function createClient(options: ClientOptions) {
  return { ...readingOf(options), ...operatingOf(options), ...savedQueriesOf(options) };
}

function readingOf(options: ClientOptions) {
  const { get, getNamed } = askers(options);
  return {
    meta: get<typeof getMeta>('/meta'),
    clusters: get<typeof listClusters>('/clusters'),
    events: get<typeof listEvents>('/events'),
    /** By the `id` of a row. */
    event: (id: string, call: CallOptions = {}) => get<typeof getEvent>(revisionPath(id))({}, call),
    deliveries: (id: string, call: CallOptions = {}) =>
      get<typeof listRecordDeliveries>(`${revisionPath(id)}/deliveries`)({}, call),
    series: get<typeof listSeries>('/series'),
    histogram: get<typeof getHistogram>('/histogram'),
    facets: get<typeof getFacets>('/facets'),
    complete: get<typeof complete>('/complete'),
    timeline: get<typeof getTimeline>('/timeline'),
    object: getNamed<typeof getObject>((name) => `/objects/${name}`),
    objectStory: getNamed<typeof getObjectStory>((name) => `/objects/${name}/story`),
    workload: getNamed<typeof getWorkload>((name) => `/workloads/${name}`),
    workloadStory: getNamed<typeof getWorkloadStory>((name) => `/workloads/${name}/story`),
    coverage: get<typeof getCoverage>('/coverage'),
    ledger: get<typeof getLedger>('/ledger'),
    /** Line by line; without the last one, which is of another kind, it broke off. */
    export: (parameters: ParametersOf<typeof exportRecords> = {}, call: CallOptions = {}) =>
      parsed<AnswerOf<typeof exportRecords>>(
        lines(options, { ...call, method: 'GET', path: `/export${searchOf(parameters)}`, accept: NDJSON }),
      ),
    /** The same as it is written, in each of its formats: a line each, without what ends it. */
    exportLines: (parameters: ParametersOf<typeof exportRecords> = {}, call: CallOptions = {}) =>
      lines(options, { ...call, method: 'GET', path: `/export${searchOf(parameters)}`, accept: '*/*' }),
    /** Ends when the connection does: go on after the `id` that came last. */
    stream: (parameters: ParametersOf<typeof streamEvents> = {}, call: CallOptions = {}) =>
      serverSentEvents(lines(options, { ...call, method: 'GET', path: `/stream${searchOf(parameters)}`, accept: SSE })),
  };
}

function operatingOf(options: ClientOptions) {
  const { get, post } = askers(options);
  const sink = (action: string) => (name: string) => `/sinks/${name}/${action}`;
  return {
    sinks: get<typeof listSinks>('/sinks'),
    sinkActivity: (name: string, call: CallOptions = {}) =>
      get<typeof getSinkActivity>(`/sinks/${encodeURIComponent(name)}/activity`)({}, call),
    testSink: post<typeof testSink>(sink('test')),
    pauseSink: post<typeof pauseSink>(sink('pause')),
    resumeSink: post<typeof resumeSink>(sink('resume')),
    forgetSink: post<typeof forgetSink>(sink('forget')),
    seekSink: post<typeof seekSink>(sink('seek')),
    deadLetters: (name: string, parameters: ParametersOf<typeof listDeadLetters> = {}, call: CallOptions = {}) =>
      get<typeof listDeadLetters>(`/sinks/${encodeURIComponent(name)}/dead-letters`)(parameters, call),
    retryDeadLetters: post<typeof retryDeadLetters>(sink('dead-letters/retry')),
    dropDeadLetters: post<typeof dropDeadLetters>(sink('dead-letters/drop')),
    /** Line by line how far it is; ends when it is no longer read. */
    replay: (name: string, body: BodyOf<typeof replayToSink>, call: CallOptions = {}) =>
      parsed<AnswerOf<typeof replayToSink>>(
        lines(options, {
          ...call,
          method: 'POST',
          path: sink('replay')(encodeURIComponent(name)),
          body,
          accept: NDJSON,
        }),
      ),
    allDeadLetters: get<typeof listAllDeadLetters>('/dead-letters'),
    deadLetterCounts: get<typeof countDeadLetters>('/dead-letters/counts'),
    deadLetter: (id: number, call: CallOptions = {}): Promise<AnswerOf<typeof getDeadLetter>> =>
      json(options, { ...call, method: 'GET', path: `/dead-letters/${id}` }),
  };
}

function savedQueriesOf(options: ClientOptions) {
  const { get } = askers(options);
  return {
    savedQueries: get<typeof listSavedQueries>('/saved-queries'),
    saveQuery: (name: string, body: BodyOf<typeof putSavedQuery>, call: CallOptions = {}) =>
      json<AnswerOf<typeof putSavedQuery>>(options, { ...call, method: 'PUT', path: savedQueryPath(name), body }),
    deleteSavedQuery: (name: string, call: CallOptions = {}) =>
      json<AnswerOf<typeof deleteSavedQuery>>(options, { ...call, method: 'DELETE', path: savedQueryPath(name) }),
  };
}

/** What asks as the operations' schemas say. */
function askers(options: ClientOptions) {
  const get =
    <T extends Typed>(path: string) =>
    (parameters?: ParametersOf<T>, call: CallOptions = {}): Promise<AnswerOf<T>> =>
      json(options, { ...call, method: 'GET', path: path + searchOf(parameters) });
  const getNamed =
    <T extends Typed>(path: (name: string) => string) =>
    (object: ObjectName, parameters?: ParametersOf<T>, call: CallOptions = {}) =>
      get<T>(path(objectPath(object)))(parameters, call);
  const post =
    <T extends Typed>(path: (name: string) => string) =>
    (...[name, body, call = {}]: PostArguments<T>): Promise<AnswerOf<T>> =>
      json(options, { ...call, method: 'POST', path: path(encodeURIComponent(name)), body: body ?? {} });
  return { get, getNamed, post };
}

type PostArguments<T extends Typed> = [NonNullable<T['body']>] extends [never]
  ? [name: string, body?: undefined, call?: CallOptions]
  : [name: string, body: BodyOf<T>, call?: CallOptions];

interface Request extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/tidings/v1`. */
  readonly path: string;
  readonly body?: unknown;
  /** JSON without it. */
  readonly accept?: string;
}

const SSE = 'text/event-stream';
const NDJSON = 'application/x-ndjson';

async function ask(
  { url, headers = {}, fetch: ask = fetch }: ClientOptions,
  { method, path, body, accept = 'application/json', signal }: Request,
): Promise<Response> {
  const root = String(url).replace(/\/+$/, '');
  const response = await ask(root + API_ROOT + path, {
    method,
    headers: { ...headers, Accept: accept, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  if (response.ok) return response;
  throw new ApiProblem(await problemOf(response));
}

/** A proxy in between may answer in words of its own. */
async function problemOf(response: Response): Promise<ProblemDetails> {
  const text = await response.text();
  if (response.headers.get('content-type')?.startsWith('application/problem+json'))
    return JSON.parse(text) as ProblemDetails;
  const { status, statusText } = response;
  return { title: statusText, status, detail: text.slice(0, 200).trim() || statusText };
}

/** The same program, or one of its versions, wrote it: its word is taken for the shape. */
async function json<T>(options: ClientOptions, request: Request): Promise<T> {
  return (await (await ask(options, request)).json()) as T;
}

async function* lines(options: ClientOptions, request: Request): AsyncGenerator<string> {
  const { body } = await ask(options, request);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks(body)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

/** Safari cannot iterate over a body. https://developer.mozilla.org/en-US/docs/Web/API/ReadableStream#browser_compatibility */
async function* chunks(body: Response['body']): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value as Uint8Array;
  } finally {
    await reader.cancel();
  }
}

async function* parsed<T>(text: AsyncIterable<string>): AsyncGenerator<T> {
  for await (const line of text) yield JSON.parse(line) as T;
}

/** As this API writes them: a line each, ended by an empty one. */
async function* serverSentEvents(text: AsyncIterable<string>): AsyncGenerator<StreamedEvent> {
  let fields: Record<string, string> = {};
  for await (const line of text) {
    const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields[name] = value;
    if (line !== '') continue;
    const { event, id = '', data = 'null' } = fields;
    if (event !== undefined) yield { event, id, data: JSON.parse(data) as Streamed } as StreamedEvent;
    fields = {};
  }
}

/** Of the `id` of a row. */
function revisionPath(id: string): string {
  return `/events/${id.split('/').map(encodeURIComponent).join('/')}`;
}

function savedQueryPath(name: string): string {
  return `/saved-queries/${encodeURIComponent(name)}`;
}

/** What is empty is written as `-`. */
function objectPath({ kind, namespace, name }: ObjectName): string {
  return [kind, namespace, name].map((part) => encodeURIComponent(part === '' ? '-' : part)).join('/');
}

function searchOf(parameters?: object): string {
  const query = queryOf(parameters);
  return query.size > 0 ? `?${query.toString()}` : '';
}
