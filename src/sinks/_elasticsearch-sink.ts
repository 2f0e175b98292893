/** The sink of Elasticsearch and of OpenSearch: documents by the bulk API, which both have in common. */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import type { BatchLimits, Outcome, Sink, SinkContext } from '../component/sink.ts';
import { flag, parsed, secret, text } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { createTextFormat, textFormatConfig } from '../formats/text-format.ts';
import { ANSWER_PARTS, bulkOutcomes, clusterOf } from './_elasticsearch-answer.ts';
import { parseIndexName } from './_elasticsearch-index.ts';
import { indexTemplate, templateName } from './_elasticsearch-template.ts';
import { createHttpClient, type HttpClient, type HttpResult, httpClientConfig, httpUrl } from './_http-client.ts';
import { splitBatch } from './_split-batch.ts';

const DEFAULT_DATA_STREAM = 'kubernetes-events';

export const elasticsearchConfig = {
  hosts: v.pipe(
    v.array(httpUrl('The URL of a node, or of what stands before all of them. It may hold user and password.')),
    v.minLength(1, 'found an empty list, want at least one URL'),
    v.description(
      'Where the cluster is. Requests go to the first; when it does not answer, to the next one that does.',
    ),
  ),
  dataStream: v.exactOptional(
    text('The data stream to write to; each record once in it.', {
      pattern: /^[a-z0-9][a-z0-9._-]{0,251}$/,
      wanted: 'up to 252 lower-case letters, digits and ". _ -" inside',
      unset: `\`${DEFAULT_DATA_STREAM}\`, unless \`index\` is set`,
    }),
  ),
  index: v.exactOptional(
    parsed(
      parseIndexName,
      'The index to write to instead of a data stream. `%{+yyyy.MM.dd}` is the date, in UTC, on which the event was last seen, so a record that is sent again goes to the same index.',
      {
        wanted: 'lower-case letters, digits, ". _ -" and %{+…} of yyyy, MM, dd and HH, such as events-%{+yyyy.MM.dd}',
        unset: 'none',
      },
    ),
  ),
  indexTemplate: v.optional(
    flag(
      'Whether an index template for events is written at each start: keywords, dates, and the message as text. It needs the privilege `manage_index_templates`. Who wants another mapping, or other settings, makes their own template and switches this off. It is for indices that are made from then on: after a change of `format`, roll the data stream over (`POST /kubernetes-events/_rollover`) or choose another index, or the old mapping holds, and records with a field of another kind under the same name, such as `source`, become dead letters.',
    ),
    true,
  ),
  ...textFormatConfig,
  ...httpClientConfig,
};

export const apiKeyConfig = {
  apiKey: v.exactOptional(secret('An API key, encoded as the server gives it out; instead of `auth`.')),
};

type Config = v.InferOutput<v.StrictObjectSchema<typeof elasticsearchConfig & typeof apiKeyConfig, undefined>>;

/**
 * Half of the smallest request that is refused as too large: http.max_content_length is 100 MB, but 10 MiB on the smaller
 * nodes of Amazon. https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#network-limits
 */
export const LIMITS: BatchLimits = { maxRecords: 2_000, maxBytes: 5 * 1024 * 1024 };

/** What a whole request is refused with for something in it: which document it is, that answer does not say. */
const REFUSED_REQUEST = new Set([400, 413]);
/** What a proxy answers when nobody is behind it. */
const NOBODY_THERE = new Set([502, 503, 504]);

interface Answered extends HttpResult {
  readonly problem: (found: string) => string;
}

/** `labelsType` is what the product calls a field that holds any map of texts. Throws an AppError when the settings cannot work. */
export async function createElasticsearchSink(
  config: Config,
  labelsType: string,
  context: SinkContext,
): Promise<Sink<string>> {
  const { hosts, index, apiKey } = config;
  if (index && config.dataStream !== undefined) throw unusable('found both index and dataStream, want one of them');
  if (apiKey !== undefined && config.auth) throw unusable('found both apiKey and auth, want one of them');
  const dataStream = config.dataStream ?? DEFAULT_DATA_STREAM;
  const format = createTextFormat(config, context);
  const headers = { ...config.headers, ...(apiKey !== undefined && { Authorization: `ApiKey ${apiKey}` }) };
  const client = await createHttpClient({ ...config, headers }, hosts[0] ?? '', context);
  const cluster = new Cluster(client, hosts);

  const path = `/_index_template/${templateName(index?.source ?? dataStream)}`;
  const mapping = { pattern: index?.pattern ?? dataStream, isDataStream: !index, format: config.format ?? 'tidings' };
  const putTemplate = async (labels: string | undefined, signal: AbortSignal): Promise<Outcome> => {
    const body = JSON.stringify(indexTemplate({ ...mapping, ...(labels !== undefined && { labels }) }));
    const { outcome, answer } = await cluster.send({ method: 'PUT', path, type: 'application/json', body }, signal);
    const isUnknown = labels !== undefined && answer?.status === 400 && answer.body.includes(labels);
    return isUnknown ? putTemplate(undefined, signal) : outcome;
  };
  let isPrepared = !config.indexTemplate;
  /** Why documents cannot be sent yet. */
  const prepare = async (signal: AbortSignal): Promise<Outcome | undefined> => {
    if (isPrepared) return undefined;
    const outcome = await putTemplate(labelsType, signal);
    isPrepared = outcome.status === 'ok';
    if (isPrepared) return undefined;
    // It is not the events' fault.
    return outcome.status === 'reject' ? { ...outcome, status: 'retry' } : outcome;
  };

  const send = async (items: readonly string[], signal: AbortSignal): Promise<readonly Outcome[] | 'split'> => {
    const request = { path: `/_bulk?${ANSWER_PARTS}`, type: 'application/x-ndjson', body: items.join('') };
    const { outcome, answer, problem } = await cluster.send({ method: 'POST', ...request }, signal);
    if (items.length > 1 && answer && REFUSED_REQUEST.has(answer.status)) return 'split';
    if (outcome.status !== 'ok') return items.map(() => outcome);
    const outcomes = bulkOutcomes(answer?.body ?? '', items.length, problem);
    const found = `found ${answer?.status} with something else than what became of ${items.length} documents`;
    return outcomes ?? items.map(() => ({ status: 'retry', reason: 'other', problem: problem(found) }));
  };

  return {
    ...(format.needs && { needs: format.needs }),
    encode(message) {
      const { key: _id, record } = message;
      const action = index
        ? { index: { _index: index.at(record.time), _id } }
        : { create: { _index: dataStream, _id } };
      const value = `${JSON.stringify(action)}\n${documentOf(message, format.text(message))}\n`;
      return { value, bytes: Buffer.byteLength(value) };
    },
    async deliver(batch, signal) {
      const failed = await prepare(signal);
      return failed ? batch.map(() => failed) : splitBatch(batch, (items) => send(items, signal));
    },
    check: (signal) => checkCluster(cluster, signal),
    close: () => client.close(),
  };
}

/**
 * Asks what it is that would be sent to. Who may only write may not ask that, which is no reason to fail:
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-info wants the privilege `monitor`.
 */
async function checkCluster(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const { outcome, answer, problem } = await cluster.send({ method: 'GET', path: '/' }, signal);
  if (answer?.status === 403 && answer.body.includes('cluster:monitor/main')) {
    return 'it answers, and does not let this user ask what it is: whether they may write, only sending would tell';
  }
  if (outcome.status !== 'ok') throw new AppError('SINK_FAILED', outcome.problem);
  const found = clusterOf(answer?.body ?? '');
  if (found !== undefined) return found;
  throw new AppError(
    'SINK_FAILED',
    problem(`found ${answer?.status} with something else than what a cluster says of itself`),
  );
}

interface ClusterRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Of the body; absent together with it. */
  readonly type?: string;
  readonly body?: string;
}

/** The nodes of one cluster, of which one is asked as long as it answers. */
class Cluster {
  readonly #client: HttpClient;
  readonly #hosts: readonly string[];
  #current = 0;

  constructor(client: HttpClient, hosts: readonly string[]) {
    this.#client = client;
    this.#hosts = hosts;
  }

  async send(request: ClusterRequest, signal: AbortSignal): Promise<Answered> {
    let answered = await this.#ask(request, signal);
    for (let others = this.#hosts.length - 1; others > 0 && isAbsent(answered); others--) {
      this.#current = (this.#current + 1) % this.#hosts.length;
      answered = await this.#ask(request, signal);
    }
    return answered;
  }

  async #ask({ method, path, type, body }: ClusterRequest, signal: AbortSignal): Promise<Answered> {
    const url = new URL(this.#hosts[this.#current] ?? '');
    const [name = '', search = ''] = path.split('?');
    url.pathname = url.pathname.replace(/\/+$/, '') + name;
    url.search = search;
    const content = {
      ...(type !== undefined && { headers: { 'content-type': type } }),
      ...(body !== undefined && { body }),
    };
    const request = { method, url: url.href, ...content, wholeAnswer: true };
    const result = await this.#client.send(request, signal);
    return { ...result, problem: (found) => this.#client.problem(request, found) };
  }
}

function isAbsent({ outcome, answer }: HttpResult): boolean {
  return answer ? NOBODY_THERE.has(answer.status) : outcome.status === 'retry' && outcome.reason !== 'unauthorized';
}

/** The text of the format as a document, with what makes it one of many clusters and gives it its time. */
function documentOf({ record, labels }: Message, written: string): string {
  const document: unknown = JSON.parse(written);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new AppError('SINK_FAILED', 'make a document: found JSON that is no object, want an object');
  }
  return JSON.stringify({
    '@timestamp': new Date(record.time).toISOString(),
    cluster: record.cluster,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...document,
  });
}

function unusable(found: string): AppError {
  return new AppError('CONFIG_INVALID', `open sink: ${found}`);
}
