/** Events in the machine-readable outputs; docs/reference/json-output.md is their contract. */
import { Document, Scalar, visit } from 'yaml';
import type { StoredEvent } from '../component/history.ts';
import { countOf } from '../core/event.ts';
import { toCoreV1 } from '../core/event-conversion.ts';
import { rfc3339 } from '../core/rfc3339.ts';
import { harmless, harmlessJson, isHarmful } from './_text.ts';

const INDENT = 4;

/** One core/v1 event, and what Tidings knows beyond it. */
function jsonLine(stored: StoredEvent): string {
  const { cluster, origin, occurrences, firstSeen, time, receivedAt, deletedAt, body } = stored;
  const tidings = {
    cluster,
    origin,
    count: countOf(body),
    occurrences,
    firstSeen: rfc3339(firstSeen),
    lastSeen: rfc3339(time),
    receivedAt: rfc3339(receivedAt),
    ...(deletedAt !== undefined && { deletedAt: rfc3339(deletedAt) }),
  };
  return `${harmlessJson(JSON.stringify({ ...toCoreV1(body), tidings }))}\n`;
}

/** The event alone; only one that was deleted says more. */
function listed({ body, deletedAt }: StoredEvent): object {
  if (deletedAt === undefined) return toCoreV1(body);
  return { ...toCoreV1(body), tidings: { deletedAt: rfc3339(deletedAt) } };
}

/** JSON with kubectl's indentation, moved right by `depth` steps, without a line break at the end. */
export function indentedJson(value: unknown, depth = 0): string {
  const json = harmlessJson(JSON.stringify(value, undefined, INDENT));
  return depth === 0 ? json : json.replaceAll('\n', `\n${' '.repeat(INDENT * depth)}`);
}

/** YAML that readers of version 1.1 (kubectl) and 1.2 understand alike, ending in a line break. */
export function yaml(value: unknown): string {
  const document = new Document(value, { version: '1.1' });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && isHarmful(node.value.replaceAll('\n', ''))) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return harmlessJson(document.toString({ indentSeq: false, lineWidth: 0, directives: false }));
}

/** How a stream of events is framed: what comes before, between and after them. */
export interface Framing {
  readonly start: (listMetadata: unknown) => string;
  readonly item: (stored: StoredEvent, index: number) => string;
  readonly end: (count: number) => string;
}

export const JSON_LIST: Framing = {
  start: (metadata) =>
    `{\n    "kind": "List",\n    "apiVersion": "v1",\n    "metadata": ${indentedJson(metadata, 1)},\n    "items": [`,
  item: (stored, index) => `${index === 0 ? '' : ','}\n        ${indentedJson(listed(stored), 2)}`,
  end: (count) => `${count === 0 ? '' : '\n    '}]\n}\n`,
};

export const YAML_LIST: Framing = {
  start: (metadata) => yaml({ kind: 'List', apiVersion: 'v1', metadata }),
  item: (stored, index) => `${index === 0 ? 'items:\n' : ''}${yaml([listed(stored)])}`,
  end: (count) => (count === 0 ? 'items: []\n' : ''),
};

/** What never ends cannot be a list: one document an event. */
export const JSON_DOCUMENTS: Framing = {
  start: () => '',
  item: (stored) => `${indentedJson(listed(stored))}\n`,
  end: () => '',
};

export const YAML_DOCUMENTS: Framing = {
  start: () => '',
  item: (stored) => `---\n${yaml(listed(stored))}`,
  end: () => '',
};

export const JSON_LINES: Framing = { start: () => '', item: jsonLine, end: () => '' };

export const NAMES: Framing = {
  start: () => '',
  item: (stored) => `event/${harmless(stored.body.metadata.name)}\n`,
  end: () => '',
};
