/**
 * Whatever is asked is answered: no crash, no 500 without a cause in the log, nothing that stays behind. FUZZ_REQUESTS says
 * how many (1,500), FUZZ_SEED which.
 */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { EVENTS, served, versionsOf } from '../../../test/helpers/served-events.ts';
import { FairUse } from '../fair-use.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 1_500);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** Generated, and asked, together: a round takes as long as its longest watch, so some of them are under way at a time. */
const ROUND = 500;
const ROUNDS_AT_ONCE = 4;
const AT_ONCE = ROUND * ROUNDS_AT_ONCE;
/** From when on growth can be told from warming up. */
const STEADY_AFTER = 20_000;
const MAX_GROWTH_BYTES = 24 * 1024 * 1024;

/** The API server finds this out when it has begun to answer, and calls it an error of its own. */
const NO_CAUSE_NEEDED = /^resourceVersion: Invalid value/;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Breaks off after so many bytes of the answer. */
  readonly leavesAfter?: number;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const anything = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 })).map(encoded);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('shop', 'bank', 'web-1.000000000000000a', 'none', 'odd') },
  {
    weight: 1,
    arbitrary: fc.oneof(fc.constantFrom('..', '%2e%2e', '%', '%zz', '%00', '%ff', 'a%2Fb', '__proto__'), anything),
  },
);
const root = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('', '', '/clusters/prod', '/window/30d', '/clusters/prod/window/all') },
  fc.constantFrom('/clusters/prod', '/clusters/none', '/clusters/', '/window/30d', '/window/all', '/window/-1s'),
  fc.tuple(name, name).map(([cluster, window]) => `/clusters/${cluster}/window/${window}`),
);
const group = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('/api/v1', '/apis/events.k8s.io/v1') },
  fc.constantFrom('/apis/apps/v1', '/api', '/apis', '/openapi/v3', '/version'),
);
const rest = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom('/events', '/namespaces/shop/events', '/watch/events') },
  { weight: 2, arbitrary: fc.constantFrom('', '/', '/watch/events', '/events/', '//events', '/pods', '/namespaces') },
  { weight: 3, arbitrary: name.map((namespace) => `/namespaces/${namespace}/events`) },
  {
    weight: 3,
    arbitrary: fc.tuple(name, name).map(([namespace, event]) => `/namespaces/${namespace}/events/${event}`),
  },
  name.map((namespace) => `/watch/namespaces/${namespace}/events`),
);
const number = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('0', '1', '10', '300', '299', '50') },
  fc.constantFrom('0', '1', '-1', '10', '301', '99999', '1e3', '9'.repeat(30), '0x10', ' 1', '', '1.5', 'NaN'),
  fc.integer().map(String),
);
const token = fc.oneof(
  fc.constantFrom(
    { v: 'meta.k8s.io/v1', rv: 200, start: '1.1.1.1' },
    { v: 'meta.k8s.io/v1', rv: -1, start: '5.0.0.0' },
  ),
  fc.record({
    v: fc.constantFrom('meta.k8s.io/v1', 'x', 1),
    rv: fc.oneof(fc.integer(), fc.string()),
    start: fc.anything(),
  }),
);
const selector = fc.oneof(
  fc.constantFrom(
    'reason=BackOff',
    'type!=Normal',
    'involvedObject.kind=Pod',
    'metadata.name=web',
    'tier in (a,b)',
    '!tier',
  ),
  fc
    .array(fc.constantFrom('reason', 'tier', '=', '!=', ',', '(', ')', ' in ', '\\', '>', '1'), { maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.string({ maxLength: 12 }),
);
const flag = fc.constantFrom('1', 'true', '0', 'false', '', 'x');
const parameter = fc.oneof(
  fc.tuple(fc.constantFrom('limit', 'resourceVersion', 'limit', 'resourceVersion'), number),
  fc.tuple(fc.constantFrom('fieldSelector', 'labelSelector'), selector),
  fc.tuple(fc.constantFrom('watch', 'pretty', 'allowWatchBookmarks', 'sendInitialEvents'), flag),
  fc.tuple(fc.constant('resourceVersionMatch'), fc.constantFrom('Exact', 'NotOlderThan', '', 'x')),
  fc.tuple(fc.constant('includeObject'), fc.constantFrom('None', 'Object', 'Metadata', 'x')),
  fc.tuple(
    fc.constant('continue'),
    fc.oneof(
      token.map((one) => Buffer.from(JSON.stringify(one) ?? '').toString('base64url')),
      fc.string(),
    ),
  ),
  fc.tuple(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 })),
);
const accept = fc.oneof(
  fc.constantFrom(
    'application/json',
    '*/*',
    'application/vnd.kubernetes.protobuf',
    'application/yaml',
    'text/html',
    '',
  ),
  fc
    .tuple(
      fc.constantFrom('Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'x'),
      fc.constantFrom('v1', 'v1beta1', 'v2'),
    )
    .map(([as, version]) => `application/json;as=${as};v=${version};g=meta.k8s.io,application/json;q=0.5`),
  fc.string({ maxLength: 20 }).map(printable),
);
const headers = fc.record(
  {
    Accept: accept,
    'Accept-Encoding': fc.constantFrom('gzip', 'identity', 'gzip;q=0', 'br, gzip;q=x'),
    'User-Agent': fc.constantFrom('curl/8', 'x', 'Mozilla/5.0'),
  },
  { requiredKeys: [] },
);
const asked: fc.Arbitrary<Asked> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('GET') },
      fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
    ),
    fc.tuple(root, group, rest).map((parts) => parts.join('')),
    fc.array(parameter, { maxLength: 4 }),
    headers,
    fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.string({ unit: 'binary', maxLength: 50 })),
    fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.nat({ max: 2_000 })),
  )
  .map(([method, path, parameters, sent, body, leavesAfter]) => {
    // A watch ends by itself.
    const query = new URLSearchParams([...parameters, ['timeoutSeconds', '1']] as [string, string][]);
    return {
      method,
      path: `${path}?${query.toString()}`,
      headers: sent,
      body,
      ...(leavesAfter !== undefined && { leavesAfter }),
    };
  });

test('KubernetesApi answers whatever is asked, and nothing stays behind', {
  timeout: 20_000 + REQUESTS * 40,
}, async () => {
  const causes: string[] = [];
  const limits = { perCaller: 2 * AT_ONCE, total: 2 * AT_ONCE };
  const server = await served({
    logger: { warn: (cause: unknown) => causes.push(JSON.stringify(cause)) },
    fairUse: new FairUse({
      watches: limits,
      reads: limits,
      waiting: { perCaller: 0, ms: 0 },
      page: { items: 100, examined: 200 },
    }),
  });
  const specs = Array.from({ length: 300 }, (_, index) => ({
    resourceVersion: index + 1,
    event: index % 200,
    second: index,
  }));
  await server.commit(specs.map((spec) => ({ ...spec, namespace: spec.event % 2 === 0 ? 'shop' : 'bank' })));
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  onTestFinished(() => agent.destroy());
  const improper: object[] = [];
  let [causeless, begun, done, steady] = [0, 0, 0, Number.NaN];
  const askRounds = async (): Promise<void> => {
    while (begun < REQUESTS) {
      const seed = SEED + begun;
      const round = fc.sample(asked, { seed, numRuns: Math.min(ROUND, REQUESTS - begun) });
      begun += round.length;
      const answers = await Promise.all(round.map((one) => ask(agent, server.url, one)));
      for (const [index, answer] of answers.entries()) {
        if (answer && !isProper(answer)) improper.push({ seed, asked: round[index], answer });
        if (answer?.status === 500 && !NO_CAUSE_NEEDED.test(messageOf(answer))) causeless++;
      }
      await garble(server.url, seed);
      done += round.length;
      if (done >= STEADY_AFTER && Number.isNaN(steady)) steady = heapBytes();
    }
  };
  await Promise.all(Array.from({ length: ROUNDS_AT_ONCE }, askRounds));
  expect(improper).toEqual([]);
  expect(causeless).toBeLessThanOrEqual(causes.length);
  expect(versionsOf((await server.get(`${EVENTS}?limit=1`)).body)).toHaveLength(1);
  const growth = Number.isNaN(steady) ? 0 : heapBytes() - steady;
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
});

/** Undefined when it was broken off. */
function ask(
  agent: Agent,
  url: string,
  { method, path, headers: sent, body, leavesAfter }: Asked,
): Promise<Answered | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, { agent, method, headers: sent }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (leavesAfter === undefined || bytes < leavesAfter) return;
        response.destroy();
        resolve(undefined);
      });
      response.on('error', () => resolve(undefined));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('latin1');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      // An idle connection that the server has just ended.
      if (error.code === 'ECONNRESET') resolve(undefined);
      else reject(error);
    });
    request.end(body);
  });
}

/** Bytes that are hardly HTTP, on a connection of their own; resolves when the server has ended it. */
function garble(url: string, seed: number): Promise<void> {
  const bytes = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), { seed, numRuns: 1 })[0] ?? new Uint8Array();
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
    socket.write('GET /api/v1/events?');
    socket.end(bytes);
  });
}

/** What an API server might answer too. */
function isProper({ status, headers: got, text }: Answered): boolean {
  if (!KNOWN_STATUSES.has(status)) return false;
  if (got['content-type'] !== 'application/json' || got['content-encoding'] === 'gzip' || text === '') return true;
  const lines = text.startsWith('{"type"') ? text.trimEnd().split('\n') : [text];
  return lines.every((line) => typeof JSON.parse(line) === 'object');
}

const KNOWN_STATUSES: ReadonlySet<number> = new Set([200, 400, 403, 404, 405, 406, 410, 422, 429, 500, 504]);

function messageOf({ text }: Answered): string {
  return /"message": ?"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? '';
}

/** Of what is in use. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '');
}
