import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import type { InvolvedObject } from '../component/message.ts';
import { AppError } from '../core/errors.ts';
import { recordKey } from '../core/record-key.ts';
import { parseTidingsRecord, tidingsRecordJson } from './tidings-record.ts';

const record = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });
describe('tidingsRecordJson', () => {
  it('gives back the same record when it is parsed', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(parseTidingsRecord(tidingsRecordJson(message))).toEqual(message.record);
      }),
    );
  });

  it('writes one line of JSON whatever is in the message', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const written = tidingsRecordJson(message);
        expect(written).not.toMatch(/[\r\n]/);
        const { key, labels, object, event } = JSON.parse(written) as Record<string, unknown>;
        expect({ key, labels, object }).toEqual({ key: message.key, labels: message.labels, object: message.object });
        expect(event).toEqual({ kind: 'Event', apiVersion: 'v1', ...message.record.body });
      }),
    );
  });

  it('prints every instant as a Date does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.nat(), (time, receivedAt) => {
        const written = JSON.parse(tidingsRecordJson(messageOf({ ...record, time, receivedAt }))) as object;
        expect(written).toMatchObject({
          lastSeen: new Date(time).toISOString(),
          receivedAt: new Date(receivedAt).toISOString(),
        });
      }),
    );
  });

  it('says what the message is beyond its record', () => {
    const object: InvolvedObject = { labels: { app: 'web' }, annotations: {}, owners: [], node: 'n1', deleted: true };
    const looked = { ...object, ownerReferences: [] };
    const message = { ...messageOf(record), occurrences: 2, folded: 4, labels: { team: 'shop' }, object: looked };
    const written = JSON.parse(tidingsRecordJson({ ...message, test: true })) as object;
    expect(written).toMatchObject({ key: recordKey(record), count: 3, occurrences: 2, folded: 4 });
    expect(written).toMatchObject({ labels: { team: 'shop' }, test: true });
    expect(written).toHaveProperty('object', object);
    expect(JSON.parse(tidingsRecordJson(messageOf(record)))).not.toHaveProperty('test');
  });

  it('stays JSON where a count is no number that JSON has', () => {
    const body = { ...record.body, count: JSON.parse('1e999') as number };
    expect(JSON.parse(tidingsRecordJson(messageOf({ ...record, body })))).toHaveProperty('count', 1);
  });
});

describe('parseTidingsRecord', () => {
  const written = JSON.parse(tidingsRecordJson(messageOf(record))) as Record<string, unknown>;
  const event = written['event'] as Record<string, unknown>;
  const metadata = event['metadata'] as Record<string, unknown>;

  it('ignores fields that it does not know', () => {
    expect(parseTidingsRecord(JSON.stringify({ ...written, later: { field: 1 } }))).toEqual(record);
  });

  it.each<[unknown, string]>([
    [[], 'found text [], want a JSON object'],
    [{ ...written, apiVersion: 'tidings/v2' }, 'found apiVersion "tidings/v2", want "tidings/v1"'],
    [{ ...written, kind: 'Event' }, 'found kind "Event", want "EventRecord"'],
    [{ ...written, cluster: '' }, 'found cluster "", want a text'],
    [{ ...written, epoch: 0 }, 'found epoch 0, want a whole number from 1'],
    [{ ...written, source: undefined }, 'found source nothing, want "events"'],
    [{ ...written, scope: null }, 'found scope null, want a text'],
    [{ ...written, origin: 'guess' }, 'found origin "guess", want watch, list or import'],
    [{ ...written, news: 'yes' }, 'found news "yes", want true or false'],
    [
      { ...written, receivedAt: '2026-13-01T00:00:00Z' },
      'found receivedAt "2026-13-01T00:00:00Z", want a time such as',
    ],
    [{ ...written, lastSeen: 17 }, 'found lastSeen 17, want a time such as'],
    [{ ...written, event: null }, 'found event null, want an event'],
    [{ ...written, event: { ...event, metadata: 1 } }, 'found event.metadata 1, want an object'],
    [{ ...written, event: { ...event, metadata: { ...metadata, uid: 5 } } }, 'found event.metadata.uid 5, want a UID'],
    [{ ...written, event: { ...event, source: { host: 1 } } }, 'found event.source.host 1, want a string'],
  ])('says what is wrong, and where: %$', (value, problem) => {
    expect(() => parseTidingsRecord(JSON.stringify(value))).toThrow(
      expect.objectContaining({ code: 'EVENT_INVALID', message: expect.stringContaining(problem) as string }) as Error,
    );
  });

  it('throws nothing but an AppError for any text', () => {
    const damaged = fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, inserted]) => {
      const whole = JSON.stringify(written);
      const place = at % whole.length;
      return whole.slice(0, place) + inserted + whole.slice(place + 1);
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), damaged), (any) => {
        expect(thrownBy(() => parseTidingsRecord(any)) ?? new AppError('EVENT_INVALID', 'none')).toBeInstanceOf(
          AppError,
        );
      }),
    );
  });
});

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('docs/reference/formats.md', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'formats.md');
  const example = /```json\n(\{\n {2}"apiVersion": "tidings.*?)```/s.exec(readFileSync(file, 'utf8'))?.[1] ?? '';

  it('shows a record as it is written', () => {
    const { occurrences, folded, labels, object } = JSON.parse(example) as {
      occurrences: number;
      folded: number;
      labels: Record<string, string>;
      object: InvolvedObject;
    };
    const shown = parseTidingsRecord(example);
    const message = { ...messageOf(shown), occurrences, folded, labels, object };
    expect(`${JSON.stringify(JSON.parse(tidingsRecordJson(message)), undefined, 2)}\n`).toBe(example);
  });
});
