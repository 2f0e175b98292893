import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { asStored } from '../component/event-query.ts';
import type { Event } from '../core/event.ts';
import { eventRecord } from '../core/record.ts';
import {
  type Framing,
  JSON_DOCUMENTS,
  JSON_LINES,
  JSON_LIST,
  NAMES,
  YAML_DOCUMENTS,
  YAML_LIST,
  yaml,
} from './_json.ts';

const EVENTS = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'events');
const served = globSync('*.json', { cwd: EVENTS })
  .toSorted()
  .map((name) => JSON.parse(readFileSync(join(EVENTS, name), 'utf8')) as Event);
const ENVELOPE = {
  cluster: 'prod',
  epoch: 1,
  scope: '*',
  receivedAt: 1_767_225_600_000,
  origin: 'watch',
  news: true,
} as const;
const stored = served.map(({ kind: _kind, apiVersion: _apiVersion, ...body }) =>
  asStored(eventRecord(body as Event, ENVELOPE), 3),
);

function framed(framing: Framing, events = stored): string {
  const items = events.map((event, index) => framing.item(event, index));
  return framing.start({ tidings: { coverage: 'c' } }) + items.join('') + framing.end(events.length);
}

describe('a list', () => {
  test.each([
    ['JSON', JSON_LIST, (text: string): unknown => JSON.parse(text)],
    ['YAML', YAML_LIST, (text: string): unknown => parse(text)],
    [
      'YAML read as version 1.1',
      YAML_LIST,
      (text: string): unknown => parse(text, { version: '1.1', schema: 'yaml-1.1' }),
    ],
  ])('in %s holds the events as core/v1 served them', (_, framing, read) => {
    const metadata = { tidings: { coverage: 'c' } };
    expect(served.length).toBeGreaterThan(10);
    expect(read(framed(framing))).toEqual({ kind: 'List', apiVersion: 'v1', metadata, items: served });
    expect(read(framed(framing, []))).toEqual({ kind: 'List', apiVersion: 'v1', metadata, items: [] });
  });

  test('in JSON is laid out as JSON.stringify does with 4 blanks, kind first', () => {
    const text = framed(JSON_LIST);
    expect(text.startsWith('{\n    "kind": "List",\n    "apiVersion": "v1",\n')).toBe(true);
    const harmlessItems = stored.filter(({ subject }) => subject.name !== 'evil');
    const list = framed(JSON_LIST, harmlessItems);
    expect(list).toBe(`${JSON.stringify(JSON.parse(list), undefined, 4)}\n`);
  });
});

describe('documents', () => {
  test('in JSON and YAML stand one after the other', () => {
    const [first] = stored;
    if (!first) throw new Error('the fixtures have gone');
    expect(JSON.parse(framed(JSON_DOCUMENTS, [first]))).toEqual(served[0]);
    expect(parse(framed(YAML_DOCUMENTS, [first]))).toEqual(served[0]);
    expect(framed(NAMES, [first])).toBe(`event/${first.body.metadata.name}\n`);
  });
});

describe('NAMES', () => {
  test('prints nothing that a terminal would act upon', () => {
    const [first] = stored;
    if (!first) throw new Error('the fixtures have gone');
    const named = { ...first, body: { ...first.body, metadata: { ...first.body.metadata, name: 'a\u001b[2J\nb' } } };
    expect(framed(NAMES, [named])).toBe('event/a^[[2J^Jb\n');
  });
});

describe('JSON_LINES', () => {
  test('adds what Tidings knows to the event', () => {
    const lines = framed(JSON_LINES).trimEnd().split('\n');
    expect(lines).toHaveLength(served.length);
    const index = served.findIndex(({ reason, series }) => series !== undefined && reason === 'FailedScheduling');
    expect(JSON.parse(lines[index] ?? '')).toEqual({
      ...served[index],
      tidings: {
        cluster: 'prod',
        origin: 'watch',
        count: 1247,
        occurrences: 3,
        firstSeen: '2026-11-20T22:13:14.123Z',
        lastSeen: '2026-11-21T06:41:44.987Z',
        receivedAt: '2026-01-01T00:00:00.000Z',
      },
    });
  });
});

describe('yaml', () => {
  test('escapes what a terminal would act upon, also in a text of several lines', () => {
    const text = 'one\ntwo \u009b2J \u202e\n';
    expect(yaml({ text })).toBe('text: "one\\ntwo \\u009b2J \\u202e\\n"\n');
    expect(parse(yaml({ text }))).toEqual({ text });
  });
});
