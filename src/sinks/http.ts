/**
 * Sends records to a URL: each in a request of its own, or many as a JSON array or as NDJSON.
 * Every request carries an idempotency key (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).
 * That of a single record is the record's: a receiver that remembers keys has each record once. That of a batch is made
 * of its bytes: it is the same when the same batch is sent again, but after a restart or a failure a record may come in
 * another batch; who must have it once looks at the uid and resourceVersion of the event.
 */
import { hash } from 'node:crypto';
import * as v from 'valibot';
import { defineSink, type Outcome } from '../component/sink.ts';
import { choice, text } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { CLOUD_EVENT_CONTENT_TYPE, cloudEventHttpHeaders } from '../formats/cloud-event.ts';
import { createHeadedFormat, headedFormatConfig } from '../formats/headed-format.ts';
import { createHttpClient, httpClientConfig, httpUrl } from './_http-client.ts';
import { signatureConfig, signer } from './_http-signature.ts';
import { splitBatch } from './_split-batch.ts';

const config = {
  url: httpUrl('Where to send: an http or https URL. It may hold a token, or user and password.'),
  method: v.optional(
    text('The method.', { pattern: /^(?!CONNECT$)[A-Z]{3,20}$/, wanted: 'a method such as POST or PUT' }),
    'POST',
  ),
  body: v.optional(
    choice(
      ['single', 'array', 'ndjson'],
      'What a request holds: one record, many as a JSON array, or many as a line of JSON each.',
    ),
    'single',
  ),
  ...headedFormatConfig,
  ...httpClientConfig,
  signature: v.exactOptional(signatureConfig),
};

type Body = v.InferOutput<(typeof config)['body']>;

interface Item {
  /** The record's idempotency key. */
  readonly key: string;
  /** As bytes: text that waits would be copied by the collector of young objects. */
  readonly content: Buffer;
  /** Of a request of its own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What servers answer to a body that they refuse for something in it: which item it is, they do not say. */
const REFUSED_BODY = new Set([400, 413, 422]);

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');
const NEWLINE = Buffer.from('\n');

const LIMITS = { maxRecords: 500, maxBytes: 1024 * 1024 };

export const httpSink = defineSink({
  type: 'http',
  summary: 'Sends records to a URL, one or many in a request.',
  delivery:
    'At least once, and in order for each object. `Idempotency-Key` is the same whenever a record is sent by itself, so a receiver that remembers keys has it once. The key of a batch is made of its bytes: a record that is sent again in another batch is known by the uid and resourceVersion of its event.',
  config,
  limits: LIMITS,
  concurrency: 8,
  examples: [
    { title: 'Each event as a request', config: 'url: https://hooks.example.com/kubernetes\n' },
    {
      title: 'Batches, signed, with a token that is replaced from time to time',
      config: `url: https://events.example.com/ingest
body: ndjson
compression: gzip
auth:
  bearerTokenFile: /var/run/secrets/events/token
signature:
  secret: \${SIGNATURE_SECRET}
`,
    },
    {
      title: 'Each as a CloudEvent in binary mode',
      config: 'url: https://broker.example.com/\nformat: cloudevents\ncontentMode: binary\n',
    },
  ],
  async create(settings, context) {
    const { url, method, body, contentMode } = settings;
    if (contentMode === 'binary' && body !== 'single') {
      throw new AppError('CONFIG_INVALID', `send contentMode: binary: found body: ${body}, want single`);
    }
    const format = createHeadedFormat(settings, context, cloudEventHttpHeaders);
    const contentType = contentTypeOf(body, format.contentType);
    const client = await createHttpClient(settings, url, context, {
      ...(settings.signature && { sign: signer(settings.signature), secrets: [settings.signature.secret] }),
    });

    const send = async (items: readonly Item[], signal: AbortSignal): Promise<readonly Outcome[] | 'split'> => {
      if (body === 'single' && items.length > 1) return 'split';
      const content = contentOf(body, items);
      const key = `"${keyOf(items, content)}"`;
      const headers = { 'content-type': contentType, ...items[0]?.headers, 'idempotency-key': key };
      const { outcome, answer } = await client.send({ method, url, headers, body: content }, signal);
      if (items.length > 1 && answer && REFUSED_BODY.has(answer.status)) return 'split';
      return items.map(() => outcome);
    };

    return {
      ...(format.needs && { needs: format.needs }),
      ...(body === 'single' && { limits: { ...LIMITS, maxRecords: 1 } }),
      encode(message) {
        const value = {
          key: message.key,
          content: Buffer.from(format.text(message)),
          ...(format.headers && { headers: format.headers(message) }),
        };
        // With what stands between it and the next.
        return { value, bytes: value.content.length + 1 };
      },
      deliver: (batch: readonly Item[], signal) => splitBatch(batch, (items) => send(items, signal)),
      close: () => client.close(),
    };
  },
});

/**
 * https://github.com/ndjson/ndjson-spec#33-mediatype-and-file-extensions
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#33-batched-content-mode
 */
function contentTypeOf(body: Body, format: string): string {
  if (body === 'single') return format;
  if (!/^application\/(?:[\w.-]+\+)?json\b/.test(format)) {
    throw new AppError('CONFIG_INVALID', `send body: ${body}: found a format of type ${format}, want one that is JSON`);
  }
  if (body === 'ndjson') return 'application/x-ndjson';
  return format === CLOUD_EVENT_CONTENT_TYPE ? 'application/cloudevents-batch+json' : 'application/json';
}

function contentOf(body: Body, items: readonly Item[]): Uint8Array {
  const contents = items.map(({ content }) => content);
  const [first] = contents;
  // Not copied: nobody writes to it.
  if (body === 'single' && first) return first;
  // Every format that is JSON writes one line.
  if (body === 'ndjson') return Buffer.concat(contents.flatMap((line) => [line, NEWLINE]));
  return Buffer.concat([OPEN, ...contents.flatMap((one, index) => (index === 0 ? one : [COMMA, one])), CLOSE]);
}

function keyOf(items: readonly Item[], content: Uint8Array): string {
  const [only, ...others] = items;
  if (only && others.length === 0) return only.key;
  return hash('sha256', content, 'hex');
}
