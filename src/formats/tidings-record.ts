/** Tidings' own JSON, which another Tidings can read back; docs/reference/formats.md is its contract. */
import type { InvolvedObject, Message } from '../component/message.ts';
import { checkedEvent, invalidEvent } from '../core/checked-event.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { countOf } from '../core/event.ts';
import { type EventRecord, type Origin, RECORD_API_VERSION } from '../core/record.ts';
import { rfc3339 } from '../core/rfc3339.ts';
import { firstSeen } from '../core/time.ts';
import { isObject } from '../util/is-object.ts';
import { kubernetesJson } from './kubernetes-json.ts';

const KIND = 'EventRecord';

/** One line. */
export function tidingsRecordJson(message: Message): string {
  const { record, key, occurrences, folded, labels, object, test } = message;
  const { cluster, epoch, source, scope, origin, news, receivedAt, time, body } = record;
  const start = `"apiVersion":"${RECORD_API_VERSION}","kind":"${KIND}","key":${JSON.stringify(key)}`;
  const place = `"cluster":${JSON.stringify(cluster)},"epoch":${epoch},"source":"${source}","scope":${JSON.stringify(scope)}`;
  const arrival = `"origin":"${origin}","news":${news},"receivedAt":"${rfc3339(receivedAt)}"`;
  const seen = `"firstSeen":"${rfc3339(firstSeen(body) ?? receivedAt)}","lastSeen":"${rfc3339(time)}"`;
  const counts = `"count":${JSON.stringify(countOf(body))},"occurrences":${occurrences},"folded":${folded}`;
  const extras = `${test ? '"test":true,' : ''}${object ? `"object":${objectJson(object)},` : ''}`;
  // Put together from parts, since the event would have to be copied to become a part of one object.
  return `{${start},${place},${arrival},${seen},${counts},"labels":${JSON.stringify(labels)},${extras}"event":${kubernetesJson(body)}}`;
}

/** Its own owners are among all of them. */
function objectJson({ labels, annotations, owners, node, deleted }: InvolvedObject): string {
  return JSON.stringify({ labels, annotations, owners, node, deleted });
}

/**
 * The record that {@link tidingsRecordJson} wrote. Fields that it does not know are no fault: later versions of Tidings
 * add some. Throws EVENT_INVALID with the field, what was found in it and what is wanted.
 */
export function parseTidingsRecord(text: string): EventRecord {
  return tidingsRecordOf(parseObject(text));
}

/** The same of an object that was parsed. */
export function tidingsRecordOf(written: object): EventRecord {
  const fields = new Map<string, unknown>(Object.entries(written));
  const required = <T>(name: string, isWanted: (value: unknown) => value is T, wanted: string): T => {
    const value = fields.get(name);
    if (isWanted(value)) return value;
    throw invalidEvent(WHAT, name, value, wanted);
  };
  required('apiVersion', is(RECORD_API_VERSION), `"${RECORD_API_VERSION}"`);
  required('kind', is(KIND), `"${KIND}"`);
  const record = {
    cluster: required('cluster', isText, 'a text'),
    epoch: required('epoch', isEpoch, 'a whole number from 1'),
    source: required('source', is('events'), '"events"'),
    scope: required('scope', isText, 'a text'),
    origin: required('origin', isOrigin, 'watch, list or import'),
    news: required('news', isFlag, 'true or false'),
    receivedAt: Date.parse(required('receivedAt', isTime, WANTED_TIME)),
    time: Date.parse(required('lastSeen', isTime, WANTED_TIME)),
    body: checkedEvent(fields.get('event'), WHAT, 'event.'),
  };
  return { ...record, subject: record.body.involvedObject };
}

const WHAT = 'Tidings record';
const WANTED_TIME = 'a time such as 2026-01-31T08:00:00.000Z';

function parseObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('EVENT_INVALID', `read a ${WHAT}: ${messageOf(error)}, want a JSON object`, { cause: error });
  }
  if (isObject(value)) return value;
  throw invalidEvent(WHAT, 'text', value, 'a JSON object');
}

const is =
  <const T>(wanted: T) =>
  (value: unknown): value is T =>
    value === wanted;

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

const ORIGINS: ReadonlySet<unknown> = new Set<Origin>(['watch', 'list', 'import']);

function isOrigin(value: unknown): value is Origin {
  return ORIGINS.has(value);
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^[+-]?\d{4,6}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
}
