/**
 * Records as CloudEvents 1.0: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 *
 * The data is the event as core/v1 serves it. What is known beyond it is in attributes, which brokers filter by.
 */
import type { Message } from '../component/message.ts';
import { rfc3339 } from '../core/rfc3339.ts';
import { kubernetesJson } from './kubernetes-json.ts';

/** What the data is, by the name it has in the API server's OpenAPI document. */
const TYPE = 'io.k8s.api.core.v1.Event';
const DATA_CONTENT_TYPE = 'application/json';
/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#3-envelope */
export const CLOUD_EVENT_CONTENT_TYPE = 'application/cloudevents+json';

/** Attributes by name, `specversion`, `id`, `source` and `type` always among them; none is empty. */
export type CloudEventAttributes = Readonly<Record<string, string>>;

/**
 * The attributes, all of them texts. Extensions are `cluster`, `namespace`, `kind`, `reason`, `eventtype` and the labels
 * of the routes, in lower case and without what names of attributes cannot have; a label whose name is taken is left out.
 * `id` is unique within `source` and the same whenever the record is sent again.
 */
export function cloudEventAttributes({ record, key, labels }: Message): CloudEventAttributes {
  const { cluster, subject, body, time } = record;
  // Fields may be null, as everywhere in events.
  const [kind, namespace, name] = [subject.kind ?? '', subject.namespace ?? '', subject.name ?? ''];
  const own: Record<string, string> = {
    specversion: '1.0',
    id: key,
    source: `/clusters/${encodeURIComponent(cluster.toWellFormed())}`,
    type: TYPE,
    subject: [kind, namespace, name].filter((part) => part !== '').join('/'),
    // RFC 3339 ends with the year 9999.
    time: time < FIRST_INSTANT_OF_10000 ? rfc3339(time) : '',
    datacontenttype: DATA_CONTENT_TYPE,
    cluster,
    namespace,
    kind,
    reason: body.reason ?? '',
    eventtype: body.type ?? '',
  };
  const attributes: Record<string, string> = {};
  for (const [attribute, value] of Object.entries(own)) if (value !== '') attributes[attribute] = legalText(value);
  for (const [label, value] of Object.entries(labels)) {
    const attribute = legalName(label);
    if (attribute !== '' && attribute !== 'data' && !(attribute in own) && value !== '') {
      attributes[attribute] = legalText(value);
    }
  }
  return attributes;
}

/** Structured mode: one line of `application/cloudevents+json`. */
export function cloudEventJson(message: Message): string {
  const attributes = JSON.stringify(cloudEventAttributes(message));
  return `${attributes.slice(0, -1)},"data":${kubernetesJson(message.record.body)}}`;
}

/**
 * Binary mode over HTTP: the headers of a request whose body is the data, beside `content-type`, which is the data's.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
 */
export function cloudEventHttpHeaders(message: Message): Readonly<Record<string, string>> {
  return headersOf(message, 'ce-', headerValue);
}

/**
 * Binary mode over Kafka: the headers of a message whose value is the data, in UTF-8, beside `content-type`.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#32-binary-content-mode
 */
export function cloudEventKafkaHeaders(message: Message): Readonly<Record<string, string>> {
  return headersOf(message, 'ce_', (value) => value);
}

function headersOf(message: Message, prefix: string, encode: (value: string) => string): Record<string, string> {
  const { datacontenttype: _, ...attributes } = cloudEventAttributes(message);
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [prefix + name, encode(value)]));
}

const FIRST_INSTANT_OF_10000 = Date.UTC(10_000, 0);

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system
const ILLEGAL = /[\p{Control}\p{Surrogate}\p{Noncharacter_Code_Point}]/gu;

function legalText(text: string): string {
  return text.replace(ILLEGAL, '\ufffd');
}

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#naming-conventions
function legalName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 20);
}

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values
function headerValue(text: string): string {
  return text.replaceAll(/[^\u0021-\u007e]|["%]/gu, encodeURIComponent);
}
