/** The servers that sinks write to: how a sink is led there, and what is there by the server's own account. */
import { randomUUID } from 'node:crypto';
import { Admin, Consumer } from '@platformatic/kafka';

import type { Kafka } from '../servers/kafka.ts';
import type { Loki } from '../servers/loki.ts';
import type { OtelCollector } from '../servers/otel-collector.ts';
import type { SearchEngine } from '../servers/search-engine.ts';

export interface Destination {
  /** Of the sink, beside its name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The key of each record that is there, as often as it is there. */
  readonly keys: () => Promise<readonly string[]>;
}

export function searchDestination(type: 'elasticsearch' | 'opensearch', { url }: SearchEngine): Destination {
  const dataStream = `events-${randomUUID()}`;
  const ask = async (path: string, body: object): Promise<SearchPage> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`search ${path}: status ${response.status}: ${await response.text()}`);
    return (await response.json()) as SearchPage;
  };
  return {
    settings: { type, hosts: [url], dataStream },
    async keys() {
      await fetch(`${url}/${dataStream}/_refresh`, { method: 'POST' });
      const keys: string[] = [];
      let page = await ask(`/${dataStream}/_search?scroll=1m`, { size: 5_000, _source: false });
      while (page.hits.hits.length > 0) {
        keys.push(...page.hits.hits.map(({ _id }) => _id));
        page = await ask('/_search/scroll', { scroll: '1m', scroll_id: page._scroll_id });
      }
      return keys;
    },
  };
}

interface SearchPage {
  readonly _scroll_id: string;
  readonly hits: { readonly hits: readonly { readonly _id: string }[] };
}

/** Its parts send each other 4 MB at most, else the query hangs: https://grafana.com/docs/loki/latest/configure/#server */
const LOKI_PAGE = 1_000;

export function lokiDestination({ url }: Loki): Destination {
  const job = randomUUID();
  /** The lines from a time on, oldest first, in nanoseconds. */
  const query = async (from: bigint): Promise<readonly (readonly [time: bigint, line: string])[]> => {
    const parameters = new URLSearchParams({
      // What it is searched by is left out of the answer, else each line is in a stream of its own there.
      query: `{job="${job}"} | keep job`,
      limit: String(LOKI_PAGE),
      direction: 'forward',
      start: String(from),
      end: String(nanoseconds(Date.now() + HOUR_MS)),
    });
    const response = await fetch(`${url}/loki/api/v1/query_range?${parameters.toString()}`);
    if (!response.ok) throw new Error(`query Loki: status ${response.status}: ${await response.text()}`);
    const { data } = (await response.json()) as { data: { result: { values: [string, string][] }[] } };
    const lines = data.result.flatMap(({ values }) => values.map(([time, line]) => [BigInt(time), line] as const));
    return lines.toSorted(([one], [other]) => Number(one - other));
  };
  return {
    settings: { type: 'loki', url, labels: { job } },
    async keys() {
      const keys: string[] = [];
      // No two lines have one time: it is made of the revision too.
      for (let from = nanoseconds(Date.now() - HOUR_MS); ; ) {
        const lines = await query(from);
        keys.push(...lines.map(([, line]) => (JSON.parse(line) as { key: string }).key));
        const [last] = lines.at(-1) ?? [];
        if (last === undefined || lines.length < LOKI_PAGE) return keys;
        from = last + 1n;
      }
    },
  };
}

const HOUR_MS = 3_600_000;
const nanoseconds = (ms: number): bigint => BigInt(ms) * 1_000_000n;

export function otlpDestination(collector: OtelCollector): Destination {
  return {
    settings: { type: 'otlp', url: collector.httpUrl },
    keys: async () =>
      collector
        .received()
        .flatMap((request) =>
          [...JSON.stringify(request).matchAll(/"key":"log\.record\.uid","value":\{"stringValue":"([^"]*)"\}/g)].map(
            ([, key]) => key ?? '',
          ),
        ),
  };
}

/** Makes the topic. */
export async function kafkaDestination({ plainBroker }: Kafka): Promise<Destination> {
  const topic = randomUUID();
  const connection = { clientId: 'test', bootstrapBrokers: [plainBroker] };
  const admin = new Admin(connection);
  await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
  await admin.close();
  return {
    settings: { type: 'kafka', brokers: [plainBroker], topic },
    async keys() {
      const consumer = new Consumer({ ...connection, groupId: randomUUID() });
      try {
        const ends = await consumer.listOffsets({ topics: [topic] });
        const total = Number((ends.get(topic) ?? []).reduce((sum, end) => sum + end, 0n));
        const keys: string[] = [];
        if (total === 0) return keys;
        for await (const { value } of await consumer.consume({ topics: [topic], mode: 'earliest', maxWaitTime: 100 })) {
          keys.push((JSON.parse(String(value)) as { key: string }).key);
          if (keys.length === total) break;
        }
        return keys;
      } finally {
        await consumer.close(true);
      }
    },
  };
}
