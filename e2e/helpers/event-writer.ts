/**
 * Writes Events as fast as the API server takes them, in the three ways of their emitters: once, with a `count` that
 * is patched (client-go's record), and with a `series` (client-go's events).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/simulator/random.ts';
import type { ApiClient, ApiResponse } from '../cluster/api-client.ts';

/** What the API server acknowledged: it exists, under this resourceVersion. */
export interface Written {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** How often the event had occurred by this revision. */
  readonly count: number;
}

export interface WriteOptions {
  /** Revisions to write: creations and updates. */
  readonly writes: number;
  readonly seed: number;
  /** Requests under way at the same time; the client's connections are the other limit. */
  readonly concurrency?: number;
  readonly namespace?: string;
  /** Only events that are written once. */
  readonly createOnly?: boolean;
  /** The instant they claim to be from. */
  readonly time?: Date;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

type Emitter = 'once' | 'count' | 'series';

interface Plan {
  readonly name: string;
  readonly emitter: Emitter;
  /** After each revision: how often it has occurred. */
  readonly counts: readonly number[];
}

/** Resolves with every acknowledged write, in the order acknowledged. Outlasts a server that is away for a while. */
export async function writeEvents(client: ApiClient, options: WriteOptions): Promise<readonly Written[]> {
  const { concurrency = 16 } = options;
  const plans = planOf(options)[Symbol.iterator]();
  const written: Written[] = [];
  const work = async (): Promise<void> => {
    for (const plan of plans) {
      for (const [index] of plan.counts.entries()) {
        const one = await write(client, plan, index, options);
        if (one === undefined) return;
        written.push(one);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return written;
}

/** Writes all the while that something is done, and gives what was acknowledged. */
export async function writeEventsDuring(
  client: ApiClient,
  options: Omit<WriteOptions, 'writes' | 'signal'>,
  action: () => Promise<void>,
): Promise<readonly Written[]> {
  const ending = new AbortController();
  const load = writeEvents(client, { ...options, writes: Number.MAX_SAFE_INTEGER, signal: ending.signal });
  try {
    await action();
  } finally {
    ending.abort();
  }
  return load;
}

/** Half of the events occur once, a quarter has a growing count and a quarter a series. */
function* planOf({ writes, seed, createOnly }: WriteOptions): Generator<Plan> {
  const random = new Random(seed);
  let left = writes;
  for (let index = 0; left > 0; index++) {
    const draw = createOnly ? 0 : random.next();
    const emitter: Emitter = draw < 0.5 ? 'once' : draw < 0.75 ? 'count' : 'series';
    const revisions = emitter === 'once' ? 1 : Math.min(left, random.int(2, 7));
    const counts: number[] = [];
    // Emitters flush a series rarely, so a count may jump.
    for (let count = 1; counts.length < revisions; count += random.int(1, 4)) counts.push(count);
    left -= revisions;
    yield { name: `load-${seed}-${index}`, emitter, counts };
  }
}

/** Undefined when it was told to end. */
async function write(
  client: ApiClient,
  plan: Plan,
  index: number,
  options: WriteOptions,
): Promise<Written | undefined> {
  while (!options.signal?.aborted) {
    const written = await attempt(client, plan, index, options);
    if (written !== undefined) return written;
    await sleep(100);
  }
  return undefined;
}

/** Undefined when it may be tried again. */
async function attempt(
  client: ApiClient,
  plan: Plan,
  index: number,
  { namespace = 'default', time = new Date() }: WriteOptions,
): Promise<Written | undefined> {
  const count = plan.counts[index] ?? 1;
  const group = plan.emitter === 'series' ? '/apis/events.k8s.io/v1' : '/api/v1';
  const collection = `${group}/namespaces/${namespace}/events`;
  const path = `${collection}/${plan.name}`;
  const isNew = index === 0;
  const sent = isNew
    ? client.send('POST', collection, creation(plan, namespace, time))
    : client.send('PATCH', path, growth(plan.emitter, count, time));
  let answer = await reached(sent);
  // The answer to an earlier attempt was lost with its connection: the event is there, and its revision is known.
  if (isNew && answer?.status === 409) answer = await reached(client.send('GET', path));
  if (answer === undefined || TRANSIENT.has(answer.status)) return undefined;
  if (answer.status < 300) return acknowledged(answer.text, count);
  throw new Error(`write event ${plan.name}: status ${answer.status}: ${answer.text}`);
}

// 401 and 403: an API server that has just started does not know everybody yet.
const TRANSIENT = new Set([401, 403, 409, 429, 500, 502, 503, 504]);

/** The answer, or undefined when there was none. */
async function reached(request: Promise<ApiResponse>): Promise<ApiResponse | undefined> {
  return request.catch(() => undefined);
}

function acknowledged(text: string, count: number): Written {
  const { metadata } = JSON.parse(text) as { metadata: Omit<Written, 'count'> };
  return { name: metadata.name, uid: metadata.uid, resourceVersion: metadata.resourceVersion, count };
}

function creation(plan: Plan, namespace: string, time: Date): object {
  const object = { kind: 'Pod', namespace, name: plan.name, uid: `uid-of-${plan.name}`, apiVersion: 'v1' };
  const metadata = { name: plan.name, namespace };
  if (plan.emitter === 'series') {
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata,
      regarding: object,
      reason: 'FailedScheduling',
      action: 'Scheduling',
      note: `0/3 nodes are available for ${plan.name}`,
      type: 'Warning',
      eventTime: micro(time),
      reportingController: 'e2e.tidings.dev/scheduler',
      reportingInstance: 'scheduler-0',
    };
  }
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject: object,
    reason: plan.emitter === 'count' ? 'BackOff' : 'Pulled',
    message: `container of ${plan.name}`,
    type: plan.emitter === 'count' ? 'Warning' : 'Normal',
    source: { component: 'kubelet', host: 'node-0' },
    count: 1,
    firstTimestamp: seconds(time),
    lastTimestamp: seconds(time),
  };
}

function growth(emitter: Emitter, count: number, time: Date): object {
  return emitter === 'series'
    ? { series: { count, lastObservedTime: micro(time) } }
    : { count, lastTimestamp: seconds(time) };
}

function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

function micro(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}
