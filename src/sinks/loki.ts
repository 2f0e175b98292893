/**
 * Pushes each record as a line to Grafana Loki: https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 * As JSON: it needs no library, and gzip makes it as small as Protocol Buffers with Snappy.
 *
 * Loki keeps two entries of one stream, time and text as one, so that a record that is sent again appears once, as long
 * as Loki has not begun to shard its stream: https://grafana.com/docs/loki/latest/operations/automatic-stream-sharding/
 * It keeps what is valid of a request that it refuses; which entries it does not take it tells only where a request
 * holds one.
 */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import { defineSink, type Outcome } from '../component/sink.ts';
import { choice, flag, map, string, text } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { componentOf, countOf } from '../core/event.ts';
import { createTextFormat, textFormatConfig } from '../formats/text-format.ts';
import { createHttpClient, type HttpAnswer, httpClientConfig, httpUrl } from './_http-client.ts';
import { splitBatch } from './_split-batch.ts';

/**
 * A request as large as Grafana's own agents send, below what a tenant may send at once (ingestion_burst_size_mb: 6).
 * https://grafana.com/docs/alloy/latest/reference/components/loki/loki.write/
 */
const LIMITS = { maxRecords: 1_000, maxBytes: 1024 * 1024 };

/** max_label_names_per_series: https://grafana.com/docs/loki/latest/configure/#limits_config */
const MAX_LABELS = 15;

/**
 * What can be a label. Every combination of values is a stream, so there are only names of which a cluster has few: no
 * object's name or UID, and not the reason, which any controller makes up.
 * https://grafana.com/docs/loki/latest/get-started/labels/bp-labels/
 */
const LABELS = ['cluster', 'namespace', 'type', 'kind', 'component'] as const;

const PATH = '/loki/api/v1/push';

const config = {
  url: httpUrl(`Where Loki is. Without \`${PATH}\` at its end that is added.`),
  tenant: v.exactOptional(
    text('The tenant, for the header `X-Scope-OrgID`.', {
      pattern: /^[A-Za-z0-9!\-_.*'()|]{1,150}$/,
      wanted: "a tenant: letters, digits and ! - _ . * ' ( )",
      unset: 'no header',
    }),
  ),
  eventLabels: v.optional(
    v.pipe(
      v.array(choice(LABELS, 'A part of the event.')),
      v.description(
        'What of the event is a label. Each combination of values is a stream; the rest is structured metadata.',
      ),
    ),
    ['cluster', 'namespace', 'type'],
  ),
  labels: v.optional(map(string('The value.'), 'Labels of every stream.'), { service_name: 'kubernetes-events' }),
  structuredMetadata: v.optional(
    flag(
      'Whether what is no label is sent as structured metadata, which Loki takes by its schema v13. It is searched as a label is: `{cluster="prod"} | reason="BackOff"`.',
    ),
    true,
  ),
  ...textFormatConfig,
  ...httpClientConfig,
  compression: v.optional(httpClientConfig.compression.wrapped, 'gzip'),
};

interface Item {
  /** The labels, as JSON. */
  readonly stream: string;
  /** The entry, as JSON. */
  readonly entry: string;
}

export const lokiSink = defineSink({
  type: 'loki',
  summary: 'Pushes each record as a line to Grafana Loki.',
  delivery:
    'At least once; Loki shows two lines of the same stream, time and text as one, unless it began to shard the stream (`shard_streams`, above 1.5 MB a second) in between. Lines are in the order of the time when the event was last seen, those of one millisecond in the order of their revisions. Loki refuses what is older than the newest line of its stream by more than an hour (half of `max_chunk_age`), or older than `reject_old_samples_max_age`: that becomes a dead letter.',
  config,
  limits: LIMITS,
  // Of requests that Loki handles at one time it writes the entries of a stream to its log in any order, and after a crash
  // it takes those that come late there for known: https://github.com/grafana/loki/blob/v3.7.8/pkg/ingester/instance.go
  concurrency: 1,
  examples: [
    { title: 'A tenant of a Loki in the cluster', config: 'url: http://loki-gateway.logging.svc\ntenant: platform\n' },
    {
      title: 'Grafana Cloud, with labels as existing dashboards expect them',
      config: `url: https://logs-prod-012.grafana.net
auth:
  basic: { username: "123456", password: "\${GRAFANA_CLOUD_TOKEN}" }
eventLabels: [cluster, namespace]
labels:
  job: integrations/kubernetes/eventhandler
`,
    },
  ],
  async create(settings, context) {
    const { tenant, structuredMetadata } = settings;
    const labelled = new Set<string>(settings.eventLabels);
    checkLabels(settings.labels, labelled);
    const url = pushUrl(settings.url);
    const format = createTextFormat(settings, context);
    const client = await createHttpClient(settings, url, context);
    const headers = {
      'content-type': 'application/json',
      ...(tenant !== undefined && { 'x-scope-orgid': tenant }),
    };

    const send = async (items: readonly Item[], signal: AbortSignal): Promise<readonly Outcome[] | 'split'> => {
      const { outcome, answer } = await client.send({ url, headers, body: bodyOf(items) }, signal);
      const known = answer ? refused(answer, outcome) : outcome;
      return items.length > 1 && known.status === 'reject' && answer && isOfEntries(answer)
        ? 'split'
        : items.map(() => known);
    };

    return {
      ...(format.needs && { needs: format.needs }),
      encode(message) {
        const all = Object.entries(fieldsOf(message)).filter(([, value]) => value !== '');
        const labels = all.filter(([name]) => labelled.has(name));
        const metadata = [...all.filter(([name]) => !labelled.has(name)), ...routeLabels(message)];
        const stream = json({ ...settings.labels, ...Object.fromEntries(labels) });
        const line = format.text(message).toWellFormed();
        const entry = json([
          nanosecondsOf(message),
          line,
          ...(structuredMetadata ? [Object.fromEntries(metadata)] : []),
        ]);
        return { value: { stream, entry }, bytes: Buffer.byteLength(stream) + Buffer.byteLength(entry) };
      },
      deliver: (batch: readonly Item[], signal) => splitBatch(batch, (items) => send(items, signal)),
      async check(signal) {
        const { outcome, answer } = await client.send({ url, headers, body: bodyOf([]) }, signal);
        if (outcome.status === 'ok' || (answer && lacksEntries(answer))) return 'it takes what this tenant pushes';
        throw new AppError('SINK_FAILED', outcome.problem);
      },
      close: () => client.close(),
    };
  },
});

/** What can be labels or structured metadata, by names that LogQL can write. */
function fieldsOf({ record }: Message): Readonly<Record<string, string>> {
  const { cluster, body, subject } = record;
  const texts = {
    cluster,
    namespace: subject.namespace,
    type: body.type,
    kind: subject.kind,
    component: componentOf(body),
    name: subject.name,
    uid: subject.uid,
    reason: body.reason,
    host: body.source?.host,
    count: countOf(body),
    // What Grafana colours lines by: https://grafana.com/docs/grafana/latest/explore/logs-integration/#log-level
    level: body.type === 'Warning' ? 'warn' : 'info',
  };
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, printable(String(value ?? ''))]));
}

/** Loki's parsers give a whole request up for half a surrogate pair, and for U+FFFD, which would replace it, in a label. */
function printable(value: string): string {
  return value.toWellFormed().replaceAll('\uFFFD', '?');
}

function routeLabels({ labels }: Message): [string, string][] {
  return Object.entries(labels).map(([name, value]) => [name.replaceAll(/[^A-Za-z0-9_]/g, '_'), printable(value)]);
}

/**
 * When the event was last seen. Milliseconds hold several revisions, so the rest is made of the revision: the same
 * whenever it is sent, and in the order of revisions.
 */
function nanosecondsOf({ record }: Message): string {
  const revision = /\d{1,6}$/.exec(record.body.metadata.resourceVersion)?.[0] ?? '';
  return `${record.time}${revision.padStart(6, '0')}`;
}

function bodyOf(items: readonly Item[]): string {
  const streams = Map.groupBy(items, ({ stream }) => stream);
  const written = Array.from(streams, ([stream, own]) => {
    return `{"stream":${stream},"values":[${own.map(({ entry }) => entry).join(',')}]}`;
  });
  return `{"streams":[${written.join(',')}]}`;
}

/** What Loki says with another status than it means. */
function refused({ status, body }: HttpAnswer, outcome: Outcome): Outcome {
  if (outcome.status === 'ok') return outcome;
  // It is Loki's configuration, and every entry would become a dead letter.
  if (status === 400 && /structured metadata, but this feature is disallowed/.test(body)) {
    return {
      ...outcome,
      status: 'retry',
      problem: `${outcome.problem}. Set structuredMetadata: false, or allow it in Loki`,
    };
  }
  // Older than all that Loki is configured to store: it will not get younger.
  if (status === 500 && /no schema config found for time/.test(body)) {
    return { status: 'reject', reason: 'invalid', problem: outcome.problem };
  }
  return outcome;
}

/**
 * What a push of no entries comes to once address, credentials and tenant were found right: a question that is let through
 * where entries are, by gateways and for tokens that may only write. Before version 3 it was taken.
 * https://github.com/grafana/loki/blob/v3.7.8/pkg/distributor/distributor.go
 */
function lacksEntries({ status, body }: HttpAnswer): boolean {
  return status === 422 && body.includes('at least one valid stream is required');
}

/** Whether a request was refused for one of its entries, or for its size. */
function isOfEntries({ status }: HttpAnswer): boolean {
  return status === 400 || status === 413 || status === 500;
}

function pushUrl(configured: string): string {
  const url = new URL(configured);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(PATH) ? path : `${path}${PATH}`;
  return url.href;
}

function checkLabels(labels: Readonly<Record<string, string>>, labelled: ReadonlySet<string>): void {
  const names = Object.keys(labels);
  // https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
  const unusable = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || labelled.has(name));
  if (unusable !== undefined) {
    const wanted = 'want letters, digits and "_", and none of eventLabels';
    throw new AppError('CONFIG_INVALID', `open sink: labels: found ${JSON.stringify(unusable)}, ${wanted}`);
  }
  const count = names.length + labelled.size;
  if (count > 0 && count <= MAX_LABELS) return;
  throw new AppError('CONFIG_INVALID', `open sink: found ${count} labels, want 1 to ${MAX_LABELS}`);
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
