/** How fast the Kubernetes API of events answers over a million of them, and what a list of all of them takes. */
import { get } from 'node:http';
import { EVERYTHING_ALLOWED } from '../src/api/access.ts';
import { listen } from '../src/api/listener.ts';
import { openEventsApi } from '../src/app/events-api.ts';
import { createLogger } from '../src/telemetry/log.ts';
import { fullStore, STORED } from './full-store.ts';
import { type Figure, quantile } from './measurement.ts';

const name = 'event-reads';
const LISTS = 200;
const PAGE = 500;

interface Item {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

async function measure(): Promise<readonly Figure[]> {
  const { dataDir } = await fullStore();
  const logger = createLogger({ format: 'json', level: 'warn' });
  const api = openEventsApi({ dataDir, windowMs: Number.POSITIVE_INFINITY }, logger, {
    access: EVERYTHING_ALLOWED,
    local: true,
  });
  const listener = await listen([api.endpoint], { host: '127.0.0.1', port: 0 });
  try {
    const root = `${listener.url}/api/v1`;
    const pages = await followPages(`${root}/events?limit=${PAGE}`);
    const items = pages.items.filter((_, index) => index % PAGE === 0);
    const gets = await timed(
      items.map(({ metadata }) => `${root}/namespaces/${metadata.namespace}/events/${metadata.name}`),
    );
    const before = process.memoryUsage().rss;
    const all = await readAll(`${root}/events`);
    const unit = 'ms';
    return [
      { what: `page of ${PAGE} events, ${STORED} revisions stored, p50`, value: quantile(pages.ms, 0.5), unit },
      { what: 'the same, p99', value: quantile(pages.ms, 0.99), unit, target: { atMost: 20 } },
      { what: 'event by its name, p50', value: quantile(gets, 0.5), unit },
      { what: 'the same, p99', value: quantile(gets, 0.99), unit },
      { what: 'list of everything, without a limit', value: all.bytes / 1_000_000 / (all.ms / 1_000), unit: 'MB/s' },
      { what: 'what that adds to resident memory', value: (all.rss - before) / 1_000_000, unit: 'MB' },
    ];
  } finally {
    await api.end();
    await listener.close();
    await api.close();
  }
}

async function followPages(url: string): Promise<{ readonly ms: readonly number[]; readonly items: readonly Item[] }> {
  const ms: number[] = [];
  const items: Item[] = [];
  let token = '';
  while (ms.length < LISTS) {
    const began = performance.now();
    const response = await fetch(`${url}${token}`);
    const bytes = await response.arrayBuffer();
    ms.push(performance.now() - began);
    const list = JSON.parse(Buffer.from(bytes).toString()) as { metadata: { continue?: string }; items: Item[] };
    items.push(...list.items);
    token = list.metadata.continue === undefined ? '' : `&continue=${list.metadata.continue}`;
  }
  return { ms, items };
}

async function timed(urls: readonly string[]): Promise<readonly number[]> {
  const ms: number[] = [];
  for (const url of urls) {
    const began = performance.now();
    const response = await fetch(url);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`get ${url}: status ${response.status}`);
    ms.push(performance.now() - began);
  }
  return ms;
}

/** Through node:http, which keeps nothing of what it hands over. */
function readAll(url: string): Promise<{ readonly ms: number; readonly bytes: number; readonly rss: number }> {
  const began = performance.now();
  let [bytes, rss] = [0, 0];
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        rss = Math.max(rss, process.memoryUsage.rss());
      });
      response.on('end', () => resolve({ ms: performance.now() - began, bytes, rss }));
    }).on('error', reject);
  });
}

export const eventReads = { name, measure };
