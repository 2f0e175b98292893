import { describe, expect, test } from 'vitest';
import { eventCollector } from './event-collector.ts';

const translate = (...args: readonly string[]) => eventCollector.translate(args);

describe('event-collector', () => {
  test('makes a sink of Kafka of the command line that is in use', () => {
    const args = ['--kubeconfig=/root/.kube/config', '--topic=k8s-event', '--broker=10.0.7.14:9092'];
    expect(translate(...args)).toMatchObject({
      config: {
        clusters: [{ kubeconfig: '/root/.kube/config' }],
        sinks: [
          { type: 'kafka', brokers: ['10.0.7.14:9092'], topic: 'k8s-event', format: 'client-go', from: 'beginning' },
        ],
      },
      greeting: 'kafka brokers:  10.0.7.14:9092\n',
    });
  });

  test.each([[['-kubeconfig=']], [[]]])('uses the service account of its pod with %j', (args) => {
    expect(translate('-topic', 't', '-broker', 'a:1, b:2', ...args)).toMatchObject({
      config: { clusters: [{ preferInCluster: true }], sinks: [{ brokers: ['a:1', 'b:2'] }] },
      greeting: 'kafka brokers:  a:1, b:2\n',
    });
  });

  test.each([
    [[], 'flag needed but not provided: -broker\nUsage of event-collector:\n'],
    [['-broker=a:1', '-topic='], 'flag needed but not provided: -topic\n'],
    [['-verbose'], 'flag provided but not defined: -verbose\n'],
  ])('does not run with %j', (args, text) => {
    expect(translate(...args)).toEqual({ text: expect.stringContaining(text), exitCode: 2 });
  });
});
