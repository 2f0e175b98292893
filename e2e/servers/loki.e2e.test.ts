import { describe, expect, test } from 'vitest';
import { lackingServers } from '../helpers/require-component.ts';
import { useServer } from '../helpers/server.ts';
import { until } from '../helpers/until.ts';
import { type Loki, startLoki } from './loki.ts';

type Entry = readonly [time: string, line: string, metadata: Readonly<Record<string, string>>];

// https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
async function push({ url }: Loki, stream: Readonly<Record<string, string>>, values: readonly Entry[]): Promise<void> {
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  expect(response.status).toBe(204);
}

/** The lines of the last hour, each with the metadata named, oldest first. */
async function query({ url }: Loki, logQl: string, metadata: string): Promise<readonly (readonly string[])[]> {
  const parameters = new URLSearchParams({ query: logQl, direction: 'forward' });
  const response = await fetch(`${url}/loki/api/v1/query_range?${parameters.toString()}`);
  const { data } = (await response.json()) as {
    data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
  };
  const entries = data.result.flatMap(({ stream, values }) =>
    values.map(([time, line]) => [time, line, stream[metadata] ?? ''] as const),
  );
  return entries.toSorted(([one], [other]) => one.localeCompare(other)).map(([, line, value]) => [line, value]);
}

const now = (): string => `${Date.now()}000000`;

describe.skipIf(lackingServers('loki'))('startLoki', () => {
  const loki = useServer(startLoki);

  test('keeps what was written through a restart and through a kill', async () => {
    const stream = { job: 'events' };
    const pulled = ['pulled image', '7'];
    await push(loki(), stream, [[now(), 'pulled image', { uid: '7' }]]);
    expect(await query(loki(), '{job="events"} |= "image"', 'uid')).toEqual([pulled]);

    await loki().restart();
    expect(await query(loki(), '{job="events"} |= "image"', 'uid')).toEqual([pulled]);

    await push(loki(), stream, [[now(), 'pushed image', { uid: '8' }]]);
    await loki().kill();
    await expect(fetch(loki().url)).rejects.toThrow('fetch failed');
    await loki().restart();
    // What its write-ahead log holds is read back after it has called itself ready.
    await until('both lines are there', async () => (await query(loki(), '{job="events"}', 'uid')).length === 2);
    expect(await query(loki(), '{job="events"}', 'uid')).toEqual([pulled, ['pushed image', '8']]);
  });
});
