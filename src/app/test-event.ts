import { randomUUID } from 'node:crypto';
import { type EventRecord, eventRecord } from '../core/record.ts';

/** What `tidings sinks test` sends: an event that says what it is wherever it is seen. */
export function testEvent(now: Date): EventRecord {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const uid = randomUUID();
  return eventRecord(
    {
      metadata: {
        name: `tidings-test.${uid.slice(0, 8)}`,
        namespace: 'default',
        uid,
        resourceVersion: '1',
        creationTimestamp: time,
      },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'tidings-test' },
      reason: 'TidingsTest',
      message: 'This is a test of a Tidings sink. Nothing happened.',
      source: { component: 'tidings' },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type: 'Normal',
      eventTime: null,
      reportingComponent: 'tidings',
      reportingInstance: '',
    },
    { cluster: 'tidings-test', epoch: 1, scope: '*', receivedAt: now.getTime(), origin: 'import', news: true },
  );
}
