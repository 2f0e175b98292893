/**
 * How fast the Kubernetes API of events answers over a million of them: pages, single events, what is nowhere, a list of
 * all of them, and what the last one costs somebody else who reads. Callers are told apart by their address.
 */
import { Agent, get } from 'node:http';
import { fullStore, STORED } from './full-store.ts';
import { type Figure, quantile } from './measurement.ts';
import { cpuMsOf, memoryOf } from './process-usage.ts';
import { startTidings, urlOf } from './serving.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';

const LISTS = 400;
/** Pages before what is measured: until then code is compiled. */
const WARM_UP = 60;
const PAGE = 500;
/** Of an answer, that this process looks at: its metadata and the first item. To parse all of it would be timed as well. */
const HEAD_BYTES = 4_000;
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

export async function measure(stored: string): Promise<readonly Figure[]> {
  const { dataDir } = await fullStore(stored);
  const dir = await temporaryDirectory();
  const tidings = startTidings(dir, ['serve', '--data', dataDir]);
  const [reader, other] = [new Reader('127.0.0.1'), new Reader('127.0.0.2')];
  try {
    const { pid } = tidings;
    const root = `${await urlOf(tidings)}/window/all/api/v1`;
    const events = `${root}/events?limit=${PAGE}`;
    const pages = await followPages({ reader, pid }, events);
    const tables = await followPages({ reader, pid }, events, TABLE);
    const urls = pages.first.map(({ namespace, name }) => `${root}/namespaces/${namespace}/events/${name}`);
    const gets = await timed(reader, urls);
    const nowhere = await timed(reader, [`${root}/namespaces/none/events/none`, `${events}&fieldSelector=reason=None`]);
    const before = memoryOf(pid);
    const listing = other.read(`${root}/events`);
    const beside = await timed(reader, urls);
    const all = await listing;
    const unit = 'ms';
    return [
      { what: `page of ${PAGE} events, ${STORED} revisions stored, p50`, value: quantile(pages.ms, 0.5), unit },
      { what: 'the same, p99', value: quantile(pages.ms, 0.99), unit, target: { atMost: 20 } },
      { what: 'the same, CPU of the server', value: pages.cpuMs, unit },
      { what: 'the same as a table, p99', value: quantile(tables.ms, 0.99), unit },
      { what: 'event by its name, p50', value: quantile(gets, 0.5), unit },
      { what: 'the same, p99', value: quantile(gets, 0.99), unit },
      { what: 'the same while another caller lists everything, p50', value: quantile(beside, 0.5), unit },
      { what: 'the same, p99', value: quantile(beside, 0.99), unit },
      { what: 'a name, or a reason, that is nowhere', value: Math.max(...nowhere), unit },
      { what: 'list of everything, without a limit', value: all.bytes / 1_000_000 / (all.ms / 1_000), unit: 'MB/s' },
      { what: 'what that adds to resident memory', value: memoryOf(pid).peak - before.resident, unit: 'MiB' },
    ];
  } finally {
    for (const one of [reader, other]) one.close();
    await tidings.stop();
    await removeDirectory(dir);
  }
}

interface Answer {
  readonly ms: number;
  readonly bytes: number;
  readonly status: number | undefined;
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
    let bytes = 0;
    return new Promise((resolve, reject) => {
      get(url, { agent: this.#agent, headers: { accept } }, (response) => {
        response.on('data', (chunk: Buffer) => {
          if (bytes < keep) chunks.push(chunk);
          bytes += chunk.length;
        });
        response.on('end', () => {
          const ms = performance.now() - began;
          resolve({ ms, bytes, status: response.statusCode, text: Buffer.concat(chunks).toString() });
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
  /** Of each page. */
  readonly first: readonly EventName[];
}

interface EventName {
  readonly namespace: string;
  readonly name: string;
}

interface Served {
  readonly reader: Reader;
  readonly pid: number | undefined;
}

/** Again from the first one when there are no more. */
async function followPages({ reader, pid }: Served, url: string, accept?: string): Promise<Pages> {
  const ms: number[] = [];
  const first: EventName[] = [];
  let began = 0;
  let token = '';
  for (let page = 0; page < WARM_UP + LISTS; page++) {
    if (page === WARM_UP) began = cpuMsOf(pid);
    const answer = await reader.read(`${url}${token}`, { keep: HEAD_BYTES, ...(accept && { accept }) });
    if (answer.status !== 200) throw new Error(`get ${url}${token}: status ${answer.status}`);
    const next = /"continue":"([^"]+)"/.exec(answer.text)?.[1];
    token = next === undefined ? '' : `&continue=${next}`;
    if (page < WARM_UP) continue;
    ms.push(answer.ms);
    const [, name, namespace] = /"metadata":\{"name":"([^"]+)","namespace":"([^"]+)"/.exec(answer.text) ?? [];
    if (name !== undefined && namespace !== undefined) first.push({ namespace, name });
    // Tables have it elsewhere.
    else if (accept === undefined) throw new Error(`get ${url}${token}: found no event at its beginning`);
  }
  return { ms, cpuMs: (cpuMsOf(pid) - began) / LISTS, first };
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
