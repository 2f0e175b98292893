/** Messages for property tests, about events as odd as a source lets them in. */
import fc from 'fast-check';
import type { InvolvedObject, Message } from '../../src/component/message.ts';
import { checkedEvent } from '../../src/core/checked-event.ts';
import type { Event } from '../../src/core/event.ts';
import { type Envelope, eventRecord } from '../../src/core/record.ts';
import { recordKey } from '../../src/core/record-key.ts';
import { hostileEvents, mistypedEvents } from '../contract/event-arbitrary.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'id'),
);
const name = text.filter((value) => value !== '');
const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0) });

const events: fc.Arbitrary<Event> = fc
  .oneof(hostileEvents, mistypedEvents)
  .map((event) => {
    try {
      return checkedEvent(event, 'event');
    } catch {
      return undefined;
    }
  })
  .filter((event) => event !== undefined);

const envelopes: fc.Arbitrary<Envelope> = fc.record({
  cluster: name.filter((cluster) => cluster.isWellFormed()),
  epoch: fc.integer({ min: 1 }),
  scope: name,
  receivedAt: instant,
  origin: fc.constantFrom('watch', 'list', 'import'),
  news: fc.boolean(),
});

const objects: fc.Arbitrary<InvolvedObject> = fc.record({
  labels: fc.dictionary(text, text),
  annotations: fc.dictionary(text, text),
  owners: fc.array(
    fc.record({
      apiVersion: text,
      kind: fc.oneof(text, fc.constant('ReplicaSet')),
      name: text,
      uid: text,
      controller: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  node: text,
  deleted: fc.boolean(),
});

export const messages: fc.Arbitrary<Message> = fc
  .record(
    {
      record: fc.tuple(events, envelopes).map(([event, envelope]) => eventRecord(event, envelope)),
      occurrences: fc.nat(),
      labels: fc.dictionary(text, text),
      folded: fc.nat(),
      object: objects,
    },
    { requiredKeys: ['record', 'occurrences', 'labels', 'folded'] },
  )
  .map((message) => ({ ...message, key: recordKey(message.record) }));
