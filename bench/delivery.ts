/**
 * What it takes to deliver events, and how fast: Tidings, which stores them first, beside a bare script that only watches,
 * parses and posts, and beside any other exporter. EXPORTER is the command line of one, with `{kubeconfig}` and `{url}` in
 * it; it has to post the event as JSON, its metadata included.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiServer, startApiServer } from './api-server.ts';
import { type Destination, startDestination } from './destination.ts';
import { Exporter } from './exporter.ts';
import { type Figure, median, quantile, SECONDS } from './measurement.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import { BUILD, PROGRAM } from './tidings.ts';

export const RATE = 1_000;
const LIVE = 20_000;
/** As long as is measured: at so few events a second it takes a minute until V8 has compiled what runs all the time. */
const WARM_UP_MS = SECONDS * 1_000;
/** A million, and the time for it, where a figure is to be published. */
export const EVENTS = Math.round((1_000_000 * SECONDS) / 60);
/** Of the events: by then every queue on the way is full. */
const MEASURED_AFTER = 0.25;
const PATIENCE_MS = 300_000;
const BARE_SCRIPT = join(import.meta.dirname, 'bare-exporter.ts');
/** Nobody listens there: ports below 1024 are asked for by name. */
const DOWN = ['http://127.0.0.1:9/', 'http://127.0.0.1:11/'];

type Mode = 'batches' | 'single';

interface Place {
  readonly directory: string;
  readonly kubeconfig: string;
  readonly url: string;
}

/** Answers the command line. */
type Start = (place: Place) => Promise<string>;

interface Steady {
  readonly cpuMsPerThousand: number;
  /** From the write at the API server to the arrival of the request, in milliseconds. */
  readonly delays: readonly number[];
  /** MiB, the median of one a second. */
  readonly resident: number;
}

interface Flood {
  readonly perSecond: number;
  readonly cpuMsPerThousand: number;
}

export async function measure(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const mode of ['batches', 'single'] as const) {
    const script = await run(bareScript(mode));
    const tidings = await run(tidingsWith(({ url }) => sink('out', url, mode)));
    figures.push(...figuresOf(`Tidings, ${mode}`, tidings, TARGETS[mode](script)));
    figures.push(...figuresOf(`bare script, ${mode}`, script));
  }
  const other = process.env['EXPORTER'];
  if (other) figures.push(...figuresOf(`EXPORTER (${other})`, await run(commandLine(other))));
  const six = await run(tidingsWith(sixSinks), { floods: false });
  figures.push({
    what: `RSS at ${RATE}/s with six sinks, two of them down`,
    value: six.steady.resident,
    unit: 'MiB',
    target: { atMost: 150 },
  });
  return figures;
}

export interface Found {
  readonly steady: Steady;
  readonly flood?: Flood;
}

interface Targets {
  readonly perSecond: number;
  readonly cpuMsPerThousand: number;
}

const TARGETS: Readonly<Record<Mode, (script: Found) => Targets>> = {
  batches: () => ({ perSecond: 15_000, cpuMsPerThousand: 130 }),
  single: ({ steady, flood }) => ({
    perSecond: (flood?.perSecond ?? 0) * 0.6,
    cpuMsPerThousand: steady.cpuMsPerThousand * 1.8,
  }),
};

function figuresOf(who: string, { steady, flood }: Found, targets?: Targets): Figure[] {
  const { delays, cpuMsPerThousand, resident } = steady;
  const measured = flood ? [flood] : [];
  return [
    ...measured.map(({ perSecond }) => ({
      what: `${who}: watch to destination, ${EVENTS} events`,
      value: perSecond,
      unit: 'events/s',
      ...(targets && { target: { atLeast: targets.perSecond } }),
    })),
    ...measured.map((found) => ({ what: 'the same, CPU for 1,000 events', value: found.cpuMsPerThousand, unit: 'ms' })),
    {
      what: `${who}: CPU for 1,000 events at ${RATE}/s, ${SECONDS} s`,
      value: cpuMsPerThousand,
      unit: 'ms',
      ...(targets && { target: { atMost: targets.cpuMsPerThousand } }),
    },
    { what: 'the same, RSS', value: resident, unit: 'MiB' },
    {
      what: 'the same, written to requested, p50',
      value: quantile(delays, 0.5),
      unit: 'ms',
      ...(targets && { target: { atMost: 50 } }),
    },
    {
      what: 'the same, p99',
      value: quantile(delays, 0.99),
      unit: 'ms',
      ...(targets && { target: { atMost: 250 } }),
    },
  ];
}

/** At a steady rate, and then as fast as it can. */
export async function run(start: Start, options: { floods?: boolean; pods?: number } = {}): Promise<Found> {
  const { floods = true, pods } = options;
  const directory = await temporaryDirectory();
  const api = await startApiServer({ live: LIVE, ttlMs: 3_600_000, ...(pods !== undefined && { pods }) });
  const destination = await startDestination();
  const kubeconfig = await writeKubeconfig(directory, api.url);
  const command = await start({ directory, kubeconfig, url: destination.url });
  const exporter = new Exporter(command, { HOME: directory, TIDINGS_MAIN: BUILD });
  const measured: Measured = { api, destination, exporter };
  try {
    await delivering(measured);
    const steady = await steadily(measured);
    return { steady, ...(floods && { flood: await flooded(measured) }) };
  } finally {
    await exporter.stop();
    await destination.close();
    await api.close();
    await removeDirectory(directory);
  }
}

interface Measured {
  readonly api: ApiServer;
  readonly destination: Destination;
  readonly exporter: Exporter;
}

/** Nothing but that tells of every exporter that it watches. */
async function delivering({ api, destination, exporter }: Measured): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(200)) {
    exporter.requireRunning();
    await api.write(1);
    if ((await destination.report()).events > 0) return;
  }
  throw new Error(`waited ${PATIENCE_MS / 1000} s in vain for the exporter to deliver`);
}

async function steadily({ api, destination, exporter }: Measured): Promise<Steady> {
  await api.rate(RATE);
  await sleep(WARM_UP_MS);
  const before = { events: (await destination.report()).events, cpuMs: exporter.cpuMs() };
  await destination.watch();
  const resident: number[] = [];
  for (let second = 0; second < SECONDS; second++) {
    await sleep(1_000);
    resident.push(exporter.memory().resident);
  }
  const cpuMs = exporter.cpuMs() - before.cpuMs;
  const { events, arrivals } = await destination.report();
  await api.rate(0);
  const written = new Map((await api.report()).writes);
  const delays = arrivals.flatMap(([version, at]) => {
    const writtenAt = written.get(version);
    return writtenAt === undefined ? [] : [at - writtenAt];
  });
  return { cpuMsPerThousand: (cpuMs * 1000) / (events - before.events), delays, resident: median(resident) };
}

/** Everything is written at once, so that the API server has nothing to do but to send it. */
async function flooded({ api, destination, exporter }: Measured): Promise<Flood> {
  const { events: before } = await destination.report();
  await api.write(EVENTS);
  const samples: { readonly at: number; readonly events: number; readonly cpuMs: number }[] = [];
  const deadline = performance.now() + PATIENCE_MS;
  for (let events = 0; events < EVENTS; ) {
    exporter.requireRunning();
    if (performance.now() > deadline) throw new Error(`waited in vain for ${EVENTS} events, found ${events}`);
    await sleep(50);
    events = (await destination.report()).events - before;
    samples.push({ at: performance.now(), events, cpuMs: exporter.cpuMs() });
  }
  const counted = samples.filter(({ events }) => events >= EVENTS * MEASURED_AFTER);
  const [first, last] = [counted[0], counted.at(-1)];
  if (!first || !last || first === last) throw new Error('measure delivery: found one sample, want more events');
  const events = last.events - first.events;
  return {
    perSecond: (events * 1000) / (last.at - first.at),
    cpuMsPerThousand: ((last.cpuMs - first.cpuMs) * 1000) / events,
  };
}

async function writeKubeconfig(directory: string, server: string): Promise<string> {
  const file = join(directory, 'kubeconfig');
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    `clusters: [{ name: bench, cluster: { server: "${server}" } }]`,
    'users: [{ name: bench, user: {} }]',
    'contexts: [{ name: bench, context: { cluster: bench, user: bench } }]',
    'current-context: bench',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

function bareScript(mode: Mode): Start {
  return async ({ kubeconfig, url }) => `${process.execPath} ${BARE_SCRIPT} ${kubeconfig} ${url} ${mode}`;
}

function commandLine(command: string): Start {
  return async ({ kubeconfig, url }) => command.replaceAll('{kubeconfig}', kubeconfig).replaceAll('{url}', url);
}

export function tidingsWith(sinks: (place: Place) => string): Start {
  return async (place) => {
    const { directory, kubeconfig } = place;
    const config = join(directory, 'tidings.yaml');
    await writeFile(config, `sinks:\n${sinks(place)}`);
    const flags = `--config ${config} --kubeconfig ${kubeconfig} --data ${directory} --listen 127.0.0.1:0`;
    return `${PROGRAM} run ${flags}`;
  };
}

export function sink(called: string, url: string, mode: Mode, { enrich = false } = {}): string {
  const body = mode === 'single' ? 'single' : 'ndjson';
  return `  - { name: ${called}, type: http, url: "${url}", body: ${body}, enrich: ${enrich} }\n`;
}

function sixSinks({ url }: Place): string {
  const urls = [url, url, url, url, ...DOWN];
  return urls.map((to, index) => sink(`sink-${index}`, to, index === 0 ? 'single' : 'batches')).join('');
}
