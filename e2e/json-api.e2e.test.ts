/** The JSON API of a running Tidings beside what its commands print, and a stream across its end by kill -9. */
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../src/api/json/client.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { sum } from './helpers/occurrences.ts';
import { tidingsUnderTest } from './helpers/suite.ts';
import { storedEvents } from './helpers/tidings.ts';

const BURST = 500;

test('the JSON API tells what is stored, and a stream goes on where it broke off', async () => {
  const simulator = await startSimulator({ seed: 11, speed: 0, pastMs: 3_600_000 });
  onTestFinished(() => simulator.close());
  const running = tidingsUnderTest(['--server', simulator.url]);
  await running.start();
  const client = createClient({ url: running.url });
  const range = { from: 'now-1d', to: 'now' };

  const printed = await running.process.until('what was listed to be stored', async () => {
    const found = await storedEvents(running.dataDir);
    return found.length === simulator.cluster.store.size ? found : undefined;
  });
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await client.series({ ...range, limit: 50, ...(cursor !== undefined && { cursor }) });
    ids.push(...data.rows.map(({ id }) => id));
    cursor = data.next;
  } while (cursor !== undefined);
  const idOf = ({ metadata: { uid, resourceVersion } }: (typeof printed)[number]) => `${uid}/${resourceVersion}`;
  expect(ids.toReversed()).toEqual(printed.map(idOf));

  const { data: histogram, coverage } = await client.histogram({ ...range, by: 'reason', top: 20 });
  const { data: facets } = await client.facets({ ...range, fields: ['reason'], top: 100 });
  const occurrences = sum(printed.map(({ tidings }) => tidings.count));
  expect(histogram.total).toBe(occurrences);
  expect(sum((facets['reason']?.values ?? []).map((value) => value.occurrences))).toBe(occurrences);
  // Nobody watched before it was started.
  expect(coverage.gaps).toHaveLength(1);

  const seen = new Set<string>();
  let last = '';
  const follow = async (url: string, until: number): Promise<void> => {
    const stream = createClient({ url }).stream(last === '' ? {} : { cursor: last });
    for await (const { event, id, data } of stream) {
      last = id;
      if (event === 'gap') throw new Error('go on with the stream: found a gap');
      if (event === 'beat' && seen.size === 0) simulator.cluster.burst(BURST);
      if (event === 'rows') for (const row of data as readonly { readonly id: string }[]) seen.add(row.id);
      if (seen.size >= until) return;
    }
  };
  await follow(running.url, BURST);
  await running.stop('SIGKILL');
  simulator.cluster.burst(BURST);
  await running.start();
  await follow(running.url, 2 * BURST);
  expect(seen.size).toBe(2 * BURST);
});
