import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import type { InvolvedObject } from '../component/message.ts';
import { type OtlpLogRecord, otlpLogRecord, otlpLogs } from './otlp-log.ts';

const record = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });
const message = messageOf(record);

function attributesOf({ attributes }: Pick<OtlpLogRecord, 'attributes'>): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, 'intValue' in value ? `int ${value.intValue}` : value.stringValue]),
  );
}

describe('otlpLogRecord', () => {
  it('is a log by the data model', () => {
    const { attributes: _, ...fields } = otlpLogRecord(message);
    expect(fields).toEqual({
      timeUnixNano: '1767323400000000000',
      observedTimeUnixNano: '1767330000000000000',
      severityNumber: 13,
      severityText: 'Warning',
      eventName: 'k8s.event',
      body: { stringValue: record.body.message },
    });
  });

  it('names event and object by the conventions', () => {
    expect(attributesOf(otlpLogRecord({ ...message, labels: { team: 'shop', 'k8s.event.reason': 'mine' } }))).toEqual({
      team: 'shop',
      'log.record.uid': message.key,
      'k8s.event.name': record.body.metadata.name,
      'k8s.event.uid': record.body.metadata.uid,
      'k8s.event.reason': 'BackOff',
      'k8s.event.count': 'int 3',
      'k8s.event.start_time': '2026-01-02T03:00:00.000Z',
      'k8s.event.source': 'kubelet',
      'tidings.occurrences': 'int 1',
      'k8s.namespace.name': 'shop',
      'k8s.node.name': 'node-1',
      'k8s.container.name': 'app',
      'k8s.object.kind': 'Pod',
      'k8s.object.name': 'web-1',
      'k8s.object.uid': record.subject.uid,
      'k8s.object.api_version': 'v1',
      'k8s.object.resource_version': '7',
      'k8s.object.fieldpath': 'spec.containers{app}',
      'k8s.pod.name': 'web-1',
      'k8s.pod.uid': record.subject.uid,
    });
  });

  it('has the labels, the node and the owners of an object that was looked up', () => {
    const owner = { apiVersion: 'apps/v1', controller: true };
    const object: InvolvedObject = {
      labels: { app: 'web' },
      annotations: {},
      owners: [
        { ...owner, kind: 'ReplicaSet', name: 'near', uid: 'r1' },
        { ...owner, kind: 'Deployment', name: 'web', uid: 'd' },
        { ...owner, kind: 'ReplicaSet', name: 'far', uid: 'r2' },
        { ...owner, kind: 'Rollout', name: 'x', uid: 'x' },
      ],
      node: 'node-9',
      deleted: false,
    };
    expect(attributesOf(otlpLogRecord({ ...message, object }))).toMatchObject({
      'k8s.pod.label.app': 'web',
      'k8s.replicaset.name': 'near',
      'k8s.replicaset.uid': 'r1',
      'k8s.deployment.name': 'web',
      'k8s.node.name': 'node-9',
    });
  });

  it('tells the node an event is about from the one that reported it', () => {
    const about = messageOf({ ...record, subject: { kind: 'Node', name: 'node-5', uid: 'node-5' } });
    expect(attributesOf(otlpLogRecord(about))).toMatchObject({ 'k8s.node.name': 'node-5', 'k8s.node.uid': 'node-5' });
  });

  it.each([
    ['Normal', 9],
    ['Warning', 13],
    ['Odd', undefined],
  ])('gives %s the severity %s', (type, severityNumber) => {
    const log = otlpLogRecord(messageOf({ ...record, body: { ...record.body, type } }));
    expect(log.severityText).toBe(type);
    expect(log.severityNumber).toBe(severityNumber);
  });

  it('has each attribute once, with a well-formed text or an integer that is one', () => {
    fc.assert(
      fc.property(messages, (any) => {
        const { attributes, body, timeUnixNano, observedTimeUnixNano } = otlpLogRecord(any);
        const keys = attributes.map(({ key }) => key).filter((key) => key.isWellFormed() && !key.includes('\ufffd'));
        expect(new Set(keys).size).toBe(keys.length);
        for (const time of [timeUnixNano, observedTimeUnixNano]) expect(time).toMatch(/^\d+$/);
        for (const value of [body, ...attributes.map((attribute) => attribute.value)]) {
          const legal = 'intValue' in value ? /^-?\d+$/.test(value.intValue) : value.stringValue.isWellFormed();
          expect(legal).toBe(true);
        }
      }),
    );
  });
});

describe('otlpLogs', () => {
  it('puts the records of each cluster under its resource, in their order', () => {
    const log = (cluster: string, time: number) => ({
      cluster,
      logRecord: otlpLogRecord(messageOf({ ...record, cluster, time })),
    });
    const { resourceLogs } = otlpLogs([log('a', 1), log('b', 2), log('a', 3)]);
    expect(resourceLogs.map(({ resource }) => attributesOf(resource))).toEqual([
      { 'k8s.cluster.name': 'a' },
      { 'k8s.cluster.name': 'b' },
    ]);
    expect(resourceLogs[0]?.scopeLogs[0]?.logRecords.map(({ timeUnixNano }) => timeUnixNano)).toEqual([
      '1000000',
      '3000000',
    ]);
    expect(resourceLogs[0]?.scopeLogs[0]?.scope).toEqual({ name: 'tidings' });
  });
});
