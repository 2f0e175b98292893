/**
 * How fast the Kubernetes API of events answers over a million of them: pages, single events, what is nowhere, a list of
 * all of them, and what the last one costs somebody else who reads. Callers are told apart by their address.
 */
import { Agent, get } from 'node:http';
import { EVERYTHING_ALLOWED } from '../src/api/access.ts';
import { FairUse } from '../src/api/fair-use.ts';
import { listen } from '../src/api/listener.ts';
import { openKubernetesApi } from '../src/app/open-kubernetes-api.ts';
import { createLogger } from '../src/telemetry/log.ts';
import { fullStore, STORED } from './full-store.ts';
import { type Figure, quantile } from './measurement.ts';

const name = 'event-reads';
const LISTS = 400;
/** Pages before what is measured: until then code is compiled. */
const WARM_UP = 60;
const PAGE = 500;
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

interface Item {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

async function measure(): Promise<readonly Figure[]> {
  const { dataDir } = await fullStore();
  const logger = createLogger({ format: 'json', level: 'warn' });
  const everything = { access: EVERYTHING_ALLOWED, fairUse: new FairUse(), local: true };
  const api = openKubernetesApi({ dataDir, windowMs: Number.POSITIVE_INFINITY }, logger, everything);
  const listener = await listen([api.endpoint], { host: '127.0.0.1', port: 0 });
  const [reader, other] = [new Reader('127.0.0.1'), new Reader('127.0.0.2')];
  try {
    const root = `${listener.url}/api/v1`;
    const events = `${root}/events?limit=${PAGE}`;
    const pages = await followPages(reader, events);
    const tables = await followPages(reader, events, TABLE);
    const urls = pages.items
      .filter((_, index) => index % PAGE === 0)
      .map(({ metadata }) => `${root}/namespaces/${metadata.namespace}/events/${metadata.name}`);
    const gets = await timed(reader, urls);
    const nowhere = await timed(reader, [`${root}/namespaces/none/events/none`, `${events}&fieldSelector=reason=None`]);
    const before = process.memoryUsage.rss();
    const listing = other.read(`${root}/events`);
    const beside = await timed(reader, urls);
    const all = await listing;
    const unit = 'ms';
    return [
      { what: `page of ${PAGE} events, ${STORED} revisions stored, p50`, value: quantile(pages.ms, 0.5), unit },
      { what: 'the same, p99', value: quantile(pages.ms, 0.99), unit, target: { atMost: 20 } },
      { what: 'the same, CPU of server and client', value: pages.cpuMs, unit },
      { what: 'the same as a table, p99', value: quantile(tables.ms, 0.99), unit },
      { what: 'event by its name, p50', value: quantile(gets, 0.5), unit },
      { what: 'the same, p99', value: quantile(gets, 0.99), unit },
      { what: 'the same while another caller lists everything, p50', value: quantile(beside, 0.5), unit },
      { what: 'the same, p99', value: quantile(beside, 0.99), unit },
      { what: 'a name, or a reason, that is nowhere', value: Math.max(...nowhere), unit },
      { what: 'list of everything, without a limit', value: all.bytes / 1_000_000 / (all.ms / 1_000), unit: 'MB/s' },
      { what: 'what that adds to resident memory', value: (all.rss - before) / 1_000_000, unit: 'MB' },
    ];
  } finally {
    for (const one of [reader, other]) one.close();
    await api.end();
    await listener.close();
    await api.close();
  }
}

interface Answer {
  readonly ms: number;
  readonly bytes: number;
  readonly status: number | undefined;
  /** Of the process, at its largest. */
  readonly rss: number;
  /** The beginning, as far as it is wanted. */
  readonly text: string;
}

class Reader {
  readonly #agent: Agent;

  constructor(localAddress: string) {
    this.#agent = new Agent({ keepAlive: true, localAddress });
  }

  /** Keeps no more of the answer than is wanted. */
  read(url: string, { accept = 'application/json', keep = 0 } = {}): Promise<Answer> {
    const began = performance.now();
    const chunks: Buffer[] = [];
    let [bytes, rss] = [0, 0];
    return new Promise((resolve, reject) => {
      get(url, { agent: this.#agent, headers: { accept } }, (response) => {
        response.on('data', (chunk: Buffer) => {
          if (bytes < keep) chunks.push(chunk);
          bytes += chunk.length;
          rss = Math.max(rss, process.memoryUsage.rss());
        });
        response.on('end', () => {
          const ms = performance.now() - began;
          resolve({ ms, bytes, status: response.statusCode, rss, text: Buffer.concat(chunks).toString() });
        });
      }).on('error', reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

interface Pages {
  readonly ms: readonly number[];
  readonly cpuMs: number;
  readonly items: readonly Item[];
}

/** Again from the first one when there are no more. */
async function followPages(reader: Reader, url: string, accept?: string): Promise<Pages> {
  const ms: number[] = [];
  const items: Item[] = [];
  let cpu = 0;
  let token = '';
  for (let page = 0; page < WARM_UP + LISTS; page++) {
    const before = process.cpuUsage();
    const answer = await reader.read(`${url}${token}`, { keep: Number.POSITIVE_INFINITY, ...(accept && { accept }) });
    const used = process.cpuUsage(before);
    const list = JSON.parse(answer.text) as { metadata: { continue?: string }; items?: Item[] };
    token = list.metadata.continue === undefined ? '' : `&continue=${list.metadata.continue}`;
    if (page < WARM_UP) continue;
    ms.push(answer.ms);
    cpu += (used.user + used.system) / 1_000;
    items.push(...(list.items ?? []));
  }
  return { ms, cpuMs: cpu / LISTS, items };
}

async function timed(reader: Reader, urls: readonly string[]): Promise<readonly number[]> {
  const ms: number[] = [];
  for (const url of urls) {
    const answer = await reader.read(url);
    if (answer.status !== 200 && !url.endsWith('none')) throw new Error(`get ${url}: status ${answer.status}`);
    ms.push(answer.ms);
  }
  return ms;
}

export const eventReads = { name, measure };
