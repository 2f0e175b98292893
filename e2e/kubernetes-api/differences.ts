/** What a real API server and Tidings may differ in. Everything else of their answers is equal. */
import { parse } from 'yaml';
import { isObject } from '../../src/util/is-object.ts';
import type { ApiRequest } from './requests.ts';

type Fields = Record<string, unknown>;

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Difference {
  readonly name: string;
  readonly reason: string;
  /** Takes it out of every object of an answer. */
  readonly remove: (object: Fields, request: ApiRequest) => void;
}

const READ = ['get', 'list', 'watch'];

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'managedFields',
    reason: 'They are a third of an event, nobody reads them, and Tidings does not keep them.',
    remove: (object) => delete object['managedFields'],
  },
  {
    name: 'the version of a list',
    reason: 'The API server counts every write in the cluster; Tidings has reached what its watch has brought.',
    remove(object) {
      const { kind, metadata } = object;
      const isList = String(kind).endsWith('List') || (kind === 'Table' && !isOneEvent(object));
      if (isObject(metadata) && (isList || isBookmark(object))) metadata['resourceVersion'] = 'served';
      const { message } = object;
      if (typeof message === 'string') object['message'] = message.replace(/current: \d+/, 'current: N');
    },
  },
  {
    name: 'the order of a list',
    reason: 'By last seen instead of by name: pages are stable, and people read it as it happened.',
    remove(object) {
      for (const field of ['items', 'rows']) {
        const items = object[field];
        if (Array.isArray(items)) object[field] = items.toSorted(byText);
      }
    },
  },
  {
    name: 'continue tokens and remainingItemCount',
    reason: 'Tokens are opaque; counting what is left would cost as much as reading it.',
    remove(object) {
      if (typeof object['continue'] === 'string') object['continue'] = 'token';
      delete object['remainingItemCount'];
    },
  },
  {
    name: 'the words about columns',
    reason: "Tidings' own.",
    remove(object) {
      if ('format' in object && 'priority' in object) delete object['description'];
    },
  },
  {
    name: 'what there is besides reading events',
    reason: 'Tidings serves events, and only reads.',
    remove(object) {
      const { resources, groups, items, verbs } = object;
      const isEvents = (entry: unknown): boolean =>
        isObject(entry) && [entry['name'], entry['resource']].includes('events');
      if (Array.isArray(resources)) object['resources'] = resources.filter(isEvents);
      if (Array.isArray(groups)) object['groups'] = groups.filter((group: Fields) => group['name'] === 'events.k8s.io');
      if (object['kind'] === 'APIGroupDiscoveryList' && Array.isArray(items)) {
        object['items'] = items.filter((item: { metadata: Fields }) =>
          [undefined, 'events.k8s.io'].includes(item.metadata['name'] as string | undefined),
        );
      }
      if (Array.isArray(verbs)) object['verbs'] = verbs.filter((verb: string) => READ.includes(verb));
      delete object['storageVersionHash'];
    },
  },
  {
    name: 'protobuf',
    reason: 'Clients that ask for it accept JSON too, as they must for custom resources.',
    remove(object) {
      if (typeof object['message'] === 'string') {
        object['message'] = object['message'].replace(/(representations|accepted): .*/s, '$1');
      }
    },
  },
  {
    name: 'the style of YAML',
    reason: 'JSON is YAML too: an indented object costs nothing to print, where blocks cost a hundred times as much.',
    remove(object) {
      delete object['style'];
    },
  },
  {
    name: 'how long to wait',
    reason: 'The API server draws some seconds by lot.',
    remove(object) {
      if ('retryAfterSeconds' in object) object['retryAfterSeconds'] = 'some';
    },
  },
  {
    name: 'warnings of what was not observed',
    reason: 'The API server does not know what it has forgotten.',
    remove: (object) => delete object['warning'],
  },
  {
    name: 'the address',
    reason: 'Each tells its own.',
    remove(object) {
      if (typeof object['serverAddress'] === 'string') object['serverAddress'] = 'HOST:PORT';
    },
  },
];

/** A table of one event by itself has that event's version. */
function isOneEvent({ rows, metadata }: Fields): boolean {
  const [row] = Array.isArray(rows) ? (rows as Fields[]) : [];
  const object = row?.['object'];
  if (!isObject(object) || isBookmark(object) || !isObject(metadata) || !isObject(object['metadata'])) return false;
  return metadata['resourceVersion'] === object['metadata']['resourceVersion'];
}

function isBookmark({ metadata }: Fields): boolean {
  const annotations = isObject(metadata) ? metadata['annotations'] : undefined;
  return isObject(annotations) && 'k8s.io/initial-events-end' in annotations;
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [nameOf(a), nameOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Of an event, or of a row: its last cell. */
function nameOf(value: unknown): string {
  if (!isObject(value)) return String(value);
  const { metadata, cells } = value;
  if (Array.isArray(cells)) return String(cells.at(-1));
  return isObject(metadata) ? `${String(metadata['namespace'])}/${String(metadata['name'])}` : JSON.stringify(value);
}

const HEADERS = [
  'content-type',
  'cache-control',
  'content-encoding',
  'retry-after',
  'x-content-type-options',
  'warning',
];

/** What is equal of an answer when nothing but the differences is different. */
export function comparable(answer: ApiAnswer, request: ApiRequest): object {
  const { status, headers, text } = answer;
  const isYaml = headers['content-type'] === 'application/yaml';
  // Both end with a line of its own unless indented.
  const printed = [text.endsWith('\n'), text.startsWith('{\n')];
  return {
    status,
    headers: cleaned(Object.fromEntries(HEADERS.map((name) => [name, headers[name]])), request),
    shape: cleaned(isYaml ? { style: printed } : { printed }, request),
    body: isYaml ? cleaned(parse(text), request) : bodyOf(text, request),
  };
}

function bodyOf(text: string, request: ApiRequest): unknown {
  if (!text.startsWith('{')) return text;
  const isWatch = /[?&]watch=(?!0|false)|\/watch\//.test(request.path);
  if (!isWatch || text.startsWith('{\n') || !text.startsWith('{"type"')) return cleaned(JSON.parse(text), request);
  const frames = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields);
  // Whichever comes first brings the columns.
  const columns = frames.map(({ object }) => isObject(object) && object['columnDefinitions'] !== null);
  const bodies = frames.map(({ type, object }) => {
    if (isObject(object)) delete object['columnDefinitions'];
    return { type, object: cleaned(object, request) };
  });
  return { columns, frames: bodies.toSorted((a, b) => (frameKey(a) < frameKey(b) ? -1 : 1)) };
}

function frameKey({ type, object }: { readonly type: unknown; readonly object: unknown }): string {
  const body = object as { metadata?: Fields; rows?: readonly { cells: readonly unknown[] }[] };
  const name = body.rows?.[0]?.cells.at(-1) ?? body.metadata?.['name'];
  return `${String(name)} ${String(body.metadata?.['resourceVersion']).padStart(20)} ${String(type)}`;
}

function cleaned(value: unknown, request: ApiRequest): unknown {
  if (Array.isArray(value)) return value.map((item) => cleaned(item, request));
  if (!isObject(value)) return value;
  const object: Fields = { ...value };
  for (const key of Object.keys(object)) object[key] = isObject(object[key]) ? { ...object[key] } : object[key];
  for (const { remove } of DIFFERENCES) remove(object, request);
  for (const key of Object.keys(object)) object[key] = cleaned(object[key], request);
  return object;
}
