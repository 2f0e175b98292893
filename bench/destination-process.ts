/**
 * A destination in a process of its own: it takes every request, and counts the events in it. Whatever a body is beside
 * that, its events are JSON with the metadata of core/v1.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { preciseNow } from './precise-now.ts';
import { endWithParent } from './temporary.ts';

export type DestinationRequest =
  | { readonly type: 'start' }
  /** Notes from now on when each revision arrived. */
  | { readonly type: 'watch' }
  /** What came, and ends the notes. */
  | { readonly type: 'report' };

export interface DestinationReport {
  readonly requests: number;
  readonly events: number;
  readonly bytes: number;
  /** ResourceVersion, and when the request that it was in arrived, in milliseconds. */
  readonly arrivals: readonly (readonly [resourceVersion: number, at: number])[];
}

/** Once in the metadata of each event, and nowhere in what is known of its object. */
const MARK = '"creationTimestamp"';
const VERSION = /"metadata":\{[^{}]*?"resourceVersion":"(\d+)"/g;

async function serve() {
  const counts = { requests: 0, events: 0, bytes: 0 };
  let arrivals: [number, number][] | undefined;

  const take = (body: Buffer, at: number): void => {
    counts.requests++;
    counts.bytes += body.length;
    for (let found = body.indexOf(MARK); found !== -1; found = body.indexOf(MARK, found + MARK.length)) counts.events++;
    if (!arrivals) return;
    for (const [, version] of body.toString().matchAll(VERSION)) arrivals.push([Number(version), at]);
  };

  const server = createServer((request, response) => {
    const at = preciseNow();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      take(Buffer.concat(chunks), at);
      response.writeHead(200, { 'content-length': 0 }).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    watch(): void {
      arrivals = [];
    },
    report(): DestinationReport {
      const report = { ...counts, arrivals: arrivals ?? [] };
      arrivals = undefined;
      return report;
    },
  };
}

if (process.send) {
  let server: Awaited<ReturnType<typeof serve>> | undefined;
  const answer = async ({ type }: DestinationRequest): Promise<unknown> => {
    if (type === 'start') {
      server = await serve();
      return server.url;
    }
    return server?.[type]();
  };
  endWithParent();
  process.on('message', (request: DestinationRequest) => {
    answer(request).then(
      (value) => process.send?.({ value }),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
