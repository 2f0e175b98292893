/** An API server in a process of its own, filled with the corpus. It is told what to do by messages. */
import { startSimulator } from '../src/simulator/simulator.ts';
import { ChangingPods } from './changing-pods.ts';
import { Corpus, FIRST_RESOURCE_VERSION, RESOURCE_VERSION_STEP } from './corpus.ts';
import { preciseNow } from './precise-now.ts';
import { endWithParent } from './temporary.ts';

export interface ApiServerOptions {
  /** How many events are alive when it starts, as old as the TTL lets them be. */
  readonly live: number;
  readonly ttlMs: number;
  /** All events are about so many pods, which change; absent: about what the corpus has, of which there is no metadata. */
  readonly pods?: number;
}

export type ApiServerRequest =
  | { readonly type: 'start'; readonly options: ApiServerOptions }
  /** So many writes a second from now on. */
  | { readonly type: 'rate'; readonly perSecond: number }
  /** So many writes at once. */
  | { readonly type: 'write'; readonly count: number }
  /** When what was written, and how many events are alive. */
  | { readonly type: 'report' };

export interface ApiServerReport {
  readonly live: number;
  /** What was written at a rate: resourceVersion and instant in milliseconds. */
  readonly writes: readonly (readonly [resourceVersion: number, at: number])[];
}

const STEP_MS = 5;

async function serve({ live, ttlMs, pods: podCount }: ApiServerOptions) {
  const { url, cluster } = await startSimulator({ scenarios: [], ttlMs });
  const { store } = cluster;
  const corpus = new Corpus();
  const pods = podCount === undefined ? undefined : new ChangingPods(cluster.objects, podCount);
  const writes: [number, number][] = [];
  let timer: NodeJS.Timeout | undefined;
  store.skip(FIRST_RESOURCE_VERSION);

  const write = (atMs: number): number => {
    const next = corpus.next(atMs);
    const change = pods?.about(next) ?? next;
    store.skip(RESOURCE_VERSION_STEP - 1);
    return store.put(change.namespace, change.name, atMs, (version) => change.serialise(version)).resourceVersion;
  };

  while (store.size < live) write(cluster.now() - ttlMs * (1 - store.size / live));
  // What was written before anybody listed is in no watch.
  store.compact();
  store.compact();

  return {
    url,
    write(count: number): void {
      for (let i = 0; i < count; i++) write(cluster.now());
    },
    rate(perSecond: number): void {
      clearInterval(timer);
      const began = performance.now();
      let written = 0;
      timer = setInterval(() => {
        const due = ((performance.now() - began) * perSecond) / 1000;
        for (; written < due; written++) writes.push([write(cluster.now()), preciseNow()]);
      }, STEP_MS);
    },
    report: (): ApiServerReport => ({ live: store.size, writes }),
  };
}

if (process.send) {
  let server: Awaited<ReturnType<typeof serve>> | undefined;
  const answer = async (request: ApiServerRequest): Promise<unknown> => {
    if (request.type === 'start') {
      server = await serve(request.options);
      return server.url;
    }
    if (request.type === 'write') return server?.write(request.count);
    if (request.type === 'rate') return server?.rate(request.perSecond);
    return server?.report();
  };
  endWithParent();
  process.on('message', (request: ApiServerRequest) => {
    answer(request).then(
      (value) => process.send?.({ value }),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
