/**
 * event-collector: watches the events of one cluster and writes each to a topic of Kafka.
 * What Tidings does otherwise is in docs/compat/event-collector.md.
 */
import { parseGoFlags, wrongUse } from '../go-flags.ts';
import type { Note, Personality } from '../personality.ts';

const NAME = 'event-collector';

const FLAGS = {
  broker: 'bootstrap servers of Kafka, host:port, separated by commas',
  kubeconfig: 'path of a kubeconfig; without one, the service account of the pod',
  topic: 'topic of Kafka',
};

/** There is no metric and no endpoint that anybody could rely on: the tool has neither. */
export const eventCollector: Personality = {
  name: NAME,
  translate(args) {
    const parsed = parseGoFlags(NAME, FLAGS, args);
    if ('answer' in parsed) return parsed.answer;
    const { broker, kubeconfig, topic } = parsed.values;
    const missing = (['broker', 'topic'] as const).find((name) => parsed.values[name] === '');
    if (missing) return wrongUse(NAME, FLAGS, `flag needed but not provided: -${missing}`);
    return {
      config: {
        clusters: [kubeconfig === '' ? { preferInCluster: true } : { kubeconfig }],
        retention: { age: '7d' },
        sinks: [
          {
            name: 'kafka',
            type: 'kafka',
            brokers: broker.split(',').map((address) => address.trim()),
            topic,
            createTopic: true,
            format: 'client-go',
            key: 'event',
            echo: true,
            from: 'beginning',
          },
        ],
        listen: '127.0.0.1:0',
      },
      notes: NOTES,
      identity: [kubeconfig, broker, topic],
      greeting: `kafka brokers:  ${broker}\n`,
    };
  },
};

const NOTES: readonly Note[] = [
  { path: ['retention', 'age'], text: 'event-collector keeps nothing; what is kept here can be read and sent again' },
  { path: ['sinks', 0, 'key'], text: 'event-collector sets none: the revisions of an event were in any partition' },
  { path: ['sinks', 0, 'from'], text: 'sends what the cluster holds once, and then goes on where it stopped' },
  { path: ['listen'], text: 'event-collector listens nowhere: probes and metrics are on any free port, see the log' },
];
