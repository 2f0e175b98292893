/**
 * `node bench/bare-exporter.ts KUBECONFIG URL single|batches`: the least that an exporter can be, for comparison. It
 * watches from now on, parses, and posts what it parsed: nothing is stored, retried, kept in order or acknowledged.
 */
import { readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { parse } from 'yaml';

const [kubeconfig = '', url = '', mode = 'single'] = process.argv.slice(2);
/** As many as Tidings' own sink has under way, and as many in a batch. */
const CONNECTIONS = 8;
const BATCH = mode === 'single' ? 1 : 500;

const api = new URL('/api/v1/events', String(parse(readFileSync(kubeconfig, 'utf8')).clusters[0].cluster.server));
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const waiting: string[] = [];
let underWay = 0;
let wake = (): void => {};

await watch(await newestVersion());

async function newestVersion(): Promise<string> {
  const response = await get(new URL('?limit=1', api));
  const list: unknown = JSON.parse(Buffer.concat(await response.toArray()).toString());
  return (list as { readonly metadata: { readonly resourceVersion: string } }).metadata.resourceVersion;
}

async function watch(resourceVersion: string): Promise<void> {
  const response = await get(new URL(`?watch=true&resourceVersion=${resourceVersion}`, api));
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: unknown };
      if (type === 'ADDED' || type === 'MODIFIED') waiting.push(JSON.stringify(object));
    }
    send();
    while (waiting.length > BATCH * CONNECTIONS) await new Promise<void>((resolve) => (wake = resolve));
  }
}

function send(): void {
  while (underWay < CONNECTIONS && waiting.length > 0) {
    underWay++;
    post(waiting.splice(0, BATCH).join('\n'));
  }
}

function post(body: string): void {
  const type = mode === 'single' ? 'application/json' : 'application/x-ndjson';
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  const done = (): void => {
    underWay--;
    send();
    wake();
  };
  request(url, { method: 'POST', agent, headers }, (response) => response.resume().once('end', done)).end(body);
}

function get(from: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => void request(from, resolve).once('error', reject).end());
}
