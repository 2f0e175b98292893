import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import { checkedEvent } from '../core/checked-event.ts';
import type { Event } from '../core/event.ts';
import { clientGoEventJson, eventrouterJson } from './client-go-event.ts';

const { body } = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });

/** The same with every mapping's members the other way round. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('clientGoEventJson', () => {
  test('writes what event-collector sent for an event of an old server, byte for byte', () => {
    const sent =
      '{"metadata":{"name":"nginx-6db489d4b7-vkbmj.163810f4ba6b4eeb","namespace":"default","selfLink":"/api/v1/namespaces/default/events/nginx-6db489d4b7-vkbmj.163810f4ba6b4eeb","uid":"873a9973-1e73-4f1d-96b3-3998d1e0faab","resourceVersion":"563189","creationTimestamp":"2020-09-25T15:38:30Z"},"involvedObject":{"kind":"Pod","namespace":"default","name":"nginx-6db489d4b7-vkbmj","uid":"ed29b6c2-2407-4edd-b1f1-2c30a052daf7","apiVersion":"v1","resourceVersion":"563176","fieldPath":"spec.containers{nginx}"},"reason":"Started","message":"Started container nginx","source":{"component":"kubelet","host":"10.0.7.14"},"firstTimestamp":"2020-09-25T15:38:30Z","lastTimestamp":"2020-09-25T15:38:30Z","count":1,"type":"Normal","eventTime":null,"reportingComponent":"","reportingInstance":""}';
    const served: unknown = { kind: 'Event', apiVersion: 'v1', ...JSON.parse(sent) };
    expect(clientGoEventJson(checkedEvent(reversed(served), 'event'))).toBe(sent);
  });

  test.each([
    'cluster-scoped',
    'custom-resource',
    'legacy-count',
    'legacy-single',
    'event-time-only',
    'series',
    'combined',
    'unicode',
  ])('writes what a real server serves as %s with nothing lost, in the order of the struct', (name) => {
    const file = new URL(`../../test/fixtures/events/${name}.json`, import.meta.url);
    const event = checkedEvent(JSON.parse(readFileSync(file, 'utf8')), 'event');
    const written = clientGoEventJson(event);
    expect(JSON.parse(written)).toEqual(event);
    // A real server is a Go program: its order is that of the struct.
    expect(Object.keys(JSON.parse(written))).toEqual(Object.keys(event));
    expect(clientGoEventJson(reversed(event) as Event)).toBe(written);
  });

  test('always says when, what about and who reported it, and leaves out what else is empty', () => {
    const event = {
      metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
      involvedObject: {},
      message: '',
      count: 0,
    };
    expect(clientGoEventJson(event)).toBe(
      '{"metadata":{"name":"a","uid":"u","resourceVersion":"1"},"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"reportingComponent":"","reportingInstance":""}',
    );
  });

  test('escapes as Go does, and sorts what has no order of its own', () => {
    const metadata = { ...body.metadata, labels: { b: '2', a: '1', B: '3' } };
    const written = clientGoEventJson({ ...body, metadata, message: 'a <b> & "c"\u2028\n\u00e9\u0007\u007f' });
    expect(written).toContain('"labels":{"B":"3","a":"1","b":"2"}');
    expect(written).toContain(String.raw`"message":"a \u003cb\u003e \u0026 \"c\"\u2028\n` + 'é\\u0007\u007f"');
  });

  test('writes JSON of any event, the same whatever the order of its fields', () => {
    fc.assert(
      fc.property(messages, ({ record }) => {
        const written = clientGoEventJson(record.body);
        expect(JSON.parse(written)).toBeTypeOf('object');
        expect(clientGoEventJson(reversed(record.body) as Event)).toBe(written);
      }),
    );
  });
});

describe('eventrouterJson', () => {
  test('shows the event before it, where there is one', () => {
    const record = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });
    const previous = revision({ event: 1, resourceVersion: 6, second: 300, count: 2, object: 1 });
    const [event, old] = [record, previous].map((of) => clientGoEventJson(of.body));
    expect(eventrouterJson(messageOf(record))).toBe(`{"verb":"ADDED","event":${event}}`);
    expect(eventrouterJson({ ...messageOf(record), previous })).toBe(
      `{"verb":"UPDATED","event":${event},"old_event":${old}}`,
    );
  });
});
