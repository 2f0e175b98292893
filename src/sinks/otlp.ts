/**
 * Sends each record as a log of OpenTelemetry, by OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 * In its JSON encoding, which every receiver of OTLP over HTTP has to understand; Protocol Buffers would need a library.
 *
 * A record that is sent again has the same `log.record.uid`. Receivers keep both.
 */
import * as v from 'valibot';
import { defineSink, type Outcome } from '../component/sink.ts';
import { type OtlpLogRecord, otlpLogRecord, otlpLogs } from '../formats/otlp-log.ts';
import { textFormatConfig } from '../formats/text-format.ts';
import { createHttpClient, type HttpAnswer, httpClientConfig, httpUrl } from './_http-client.ts';
import { splitBatch } from './_split-batch.ts';

/** Far below the 20 MiB that receivers are to take: https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
const LIMITS = { maxRecords: 1_000, maxBytes: 4 * 1024 * 1024 };

const PATH = '/v1/logs';

const config = {
  url: httpUrl(`Where the receiver is. Without \`${PATH}\` at its end that is added.`),
  enrich: textFormatConfig.enrich,
  ...httpClientConfig,
  // Every receiver has to understand it: https://opentelemetry.io/docs/specs/otlp/#protocol-details
  compression: v.optional(httpClientConfig.compression.wrapped, 'gzip'),
};

interface Item {
  readonly cluster: string;
  readonly logRecord: OtlpLogRecord;
}

/**
 * Statuses after which a request may be sent again: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
 * Beside them those that are about who asks where, not about what is in the request: they end when the operator mends the
 * settings, and nothing is sent to the receiver twice.
 */
const RETRIED = new Set([429, 502, 503, 504, 300, 301, 302, 303, 307, 308, 401, 403, 404, 407]);

/** What a whole request is refused with for something in it, or for its size. Nothing of it was kept. */
const REFUSED_REQUEST = new Set([400, 413]);

export const otlpSink = defineSink({
  type: 'otlp',
  summary: 'Sends each record as a log of OpenTelemetry, by OTLP over HTTP.',
  delivery:
    'At least once, and in order for each object. A record that is sent again has the same `log.record.uid`, by which a backend may know it; most keep both. Of a request that is taken in part the receiver does not say which records it left out, and it must not be sent again: all of them become dead letters. So does what is answered with 500, which the protocol has as final, unlike 429, 502, 503 and 504.',
  config,
  limits: LIMITS,
  concurrency: 4,
  examples: [
    { title: 'A Collector in the cluster', config: 'url: http://otel-collector.observability.svc:4318\n' },
    {
      title: 'A vendor, with labels and owners of the objects',
      config: `url: https://otlp.example.com
enrich: true
headers:
  api-key: \${OTLP_API_KEY}
`,
    },
  ],
  async create(settings, context) {
    const url = logsUrl(settings.url);
    const client = await createHttpClient(settings, url, context);

    const send = async (items: readonly Item[], signal: AbortSignal): Promise<readonly Outcome[] | 'split'> => {
      const body = JSON.stringify(otlpLogs(items));
      const request = { url, headers: { 'content-type': 'application/json' }, body, wholeAnswer: true };
      const { outcome, answer } = await client.send(request, signal);
      if (items.length > 1 && answer && REFUSED_REQUEST.has(answer.status)) return 'split';
      if (outcome.status === 'retry' && answer && !RETRIED.has(answer.status)) {
        const { reason, problem } = outcome;
        return items.map(() => ({ status: 'reject', reason, problem }));
      }
      const partial = outcome.status === 'ok' && answer ? partialSuccess(answer) : undefined;
      if (!partial) return items.map(() => outcome);
      const found = `found ${partial.rejected} of ${items.length} records rejected: ${partial.message}`;
      const problem = client.problem(request, found);
      if (partial.rejected > 0) return items.map(() => ({ status: 'reject', reason: 'invalid', problem }));
      context.logger.warn({ problem }, 'the receiver has a warning');
      return items.map(() => outcome);
    };

    return {
      ...(settings.enrich && { needs: { object: true } }),
      encode(message) {
        const value = { cluster: message.record.cluster, logRecord: otlpLogRecord(message) };
        return { value, bytes: Buffer.byteLength(JSON.stringify(value)) };
      },
      deliver: (batch: readonly Item[], signal) => splitBatch(batch, (items) => send(items, signal)),
      close: () => client.close(),
    };
  },
});

/** https://github.com/open-telemetry/opentelemetry-proto/blob/v1.7.0/opentelemetry/proto/collector/logs/v1/logs_service.proto */
const answered = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    partialSuccess: v.object({
      // An integer of 64 bits, which is a text in this encoding; readers are to take both.
      rejectedLogRecords: v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.finite()), 0),
      errorMessage: v.optional(v.string(), ''),
    }),
  }),
);

/** What the receiver says beside that it took the request; undefined when nothing. */
function partialSuccess({ body }: HttpAnswer): { readonly rejected: number; readonly message: string } | undefined {
  const parsed = v.safeParse(answered, body);
  if (!parsed.success) return undefined;
  const { rejectedLogRecords: rejected, errorMessage: message } = parsed.output.partialSuccess;
  return rejected > 0 || message !== '' ? { rejected, message } : undefined;
}

function logsUrl(configured: string): string {
  const url = new URL(configured);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(PATH) ? path : `${path}${PATH}`;
  return url.href;
}
