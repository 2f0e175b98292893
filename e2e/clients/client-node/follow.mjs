/**
 * Follows the events of a server with the informer of @kubernetes/client-node, started again when it fails, as its
 * documentation has it. The address that it prints answers as that of ../client-go does.
 *
 * usage: follow.mjs KUBECONFIG
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';

const NAME = '@kubernetes/client-node';
const AGAIN_MS = 200;
const PAGE = 500;

const config = new KubeConfig();
config.loadFromFile(process.argv[2]);
const events = config.makeApiClient(CoreV1Api);

let lists = 0;
let watches = 0;

async function list(options = {}) {
  const answer = await events.listEventForAllNamespaces(options);
  lists++;
  return answer;
}

const informer = makeInformer(config, '/api/v1/events', () => list());
informer.on('connect', () => watches++);
informer.on('error', () => setTimeout(() => informer.start(), AGAIN_MS));
void informer.start();

function digest(items) {
  const lines = items
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`)
    .sort();
  return { count: lines.length, sha256: createHash('sha256').update(lines.join('\n')).digest('hex') };
}

async function selected(fieldSelector) {
  const items = [];
  let page;
  do {
    page = await events.listEventForAllNamespaces({ fieldSelector, limit: PAGE, _continue: page?.metadata._continue });
    items.push(...page.items);
  } while (page.metadata._continue);
  return digest(items);
}

async function answer({ pathname, searchParams }) {
  if (pathname === '/list') return selected(searchParams.get('fieldSelector'));
  return { stored: digest(informer.list()), lists, watches };
}

// A question that fails is left without an answer, and ends the process.
const server = createServer((request, response) => {
  void answer(new URL(request.url, 'http://localhost')).then((found) =>
    response.end(JSON.stringify({ [NAME]: found })),
  );
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
