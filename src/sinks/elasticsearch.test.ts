import { describe, expect, test } from 'vitest';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { type HttpScript, httpServer, type SeenRequest, unusedPort } from '../../test/helpers/http-server.ts';
import { messageNumber, openSink } from '../../test/helpers/open-sink.ts';
import { elasticsearchSink } from './elasticsearch.ts';

const linesOf = ({ body }: SeenRequest): unknown[] =>
  body
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const INFO = JSON.stringify({ name: 'node-1', cluster_name: 'logging', version: { number: '9.2.1' } });

/** Says `answerOf` each document of a bulk request, by its place; takes everything else. */
function bulk(answerOf: (index: number) => object): HttpScript {
  return (request, response) => {
    if (request.method === 'GET') return void response.end(INFO);
    if (!request.target.startsWith('/_bulk')) return void response.end('{"acknowledged":true}');
    const items = Array.from({ length: linesOf(request).length / 2 }, (_, index) => ({ create: answerOf(index) }));
    response.end(JSON.stringify({ errors: true, items }));
  };
}
const takeAll = bulk(() => ({ status: 201 }));

describeHttpSink(elasticsearchSink, {
  settings: (origin) => `
hosts: ["${origin.replace('//', '//tidings:hidden-password@')}/prefix/xoxb-1234567890-abcdef"]
indexTemplate: false
headers:
  X-Tenant: hidden-tenant
`,
  secrets: ['hidden-password', 'xoxb-1234567890-abcdef', 'hidden-tenant', btoa('tidings:hidden-password')],
  accept: (request, response) =>
    takeAll({ ...request, target: request.target.replace(/^.*(?=\/_bulk)/, '') }, response),
  exceptions: {
    204: { verdict: ['retry', 'other'], because: 'a bulk request is always answered with what became of its items' },
  },
});

const DOCUMENT = {
  '@timestamp': '2026-01-02T03:00:00.000Z',
  cluster: 'prod',
  kind: 'Event',
  apiVersion: 'v1',
  metadata: {
    name: 'web-0.0000000000000000',
    namespace: 'shop',
    uid: '00000000-0000-4000-8000-000000000000',
    resourceVersion: '1',
    creationTimestamp: '2026-01-02T03:00:00Z',
  },
  involvedObject: {
    kind: 'Pod',
    namespace: 'shop',
    name: 'web-0',
    uid: '00001000-0000-4000-8000-000000000000',
    apiVersion: 'v1',
    resourceVersion: '7',
    fieldPath: 'spec.containers{app}',
  },
  reason: 'BackOff',
  message: 'Back-off restarting failed container app in pod web-0_shop(00001000-0000-4000-8000-000000000000)',
  source: { component: 'kubelet', host: 'node-0' },
  firstTimestamp: '2026-01-02T03:00:00Z',
  lastTimestamp: '2026-01-02T03:00:00Z',
  count: 1,
  type: 'Warning',
  eventTime: null,
  reportingComponent: 'kubelet',
  reportingInstance: 'node-0',
};
const ID = 'prod/1/00000000-0000-4000-8000-000000000000/1';

describe('elasticsearch', () => {
  test('creates documents in a data stream, each with the key of its record as id', async () => {
    const server = await httpServer(takeAll);
    const { deliver } = await openSink(
      elasticsearchSink,
      `{hosts: ["${server.origin}/es/"], indexTemplate: false, format: kubernetes}`,
    );
    server.script = (request, response) => takeAll({ ...request, target: request.target.slice(3) }, response);
    expect(await deliver(2)).toEqual([{ status: 'ok' }, { status: 'ok' }]);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      target: expect.stringMatching(/^\/es\/_bulk\?filter_path=errors,items\.\*\.status,/),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const [action, document, ...others] = server.requests.flatMap(linesOf);
    expect(action).toEqual({ create: { _index: 'kubernetes-events', _id: ID } });
    expect(document).toEqual(DOCUMENT);
    expect(others).toMatchObject([{ create: { _id: messageNumber(1).key } }, { metadata: { resourceVersion: '2' } }]);
  });

  test('indexes documents by the date of the event, with the labels of its routes', async () => {
    const server = await httpServer(takeAll);
    const settings = `{hosts: ["${server.origin}"], index: "ev-%{+YYYY.MM.dd-HH}.%{+yyyy}", indexTemplate: false, format: kubernetes}`;
    const { sink } = await openSink(elasticsearchSink, settings);
    const { value } = sink.encode({ ...messageNumber(0), labels: { team: 'shop' } });
    await sink.deliver([value], new AbortController().signal);
    expect(server.requests.flatMap(linesOf)).toEqual([
      { index: { _index: 'ev-2026.01.02-03.2026', _id: ID } },
      { ...DOCUMENT, labels: { team: 'shop' } },
    ]);
  });

  test('takes a document that is there already for delivered', async () => {
    const conflict = { type: 'version_conflict_engine_exception', reason: '[x]: version conflict' };
    const server = await httpServer(bulk(() => ({ status: 409, error: conflict })));
    const { deliver } = await openSink(elasticsearchSink, `hosts: ["${server.origin}"]`);
    expect(await deliver()).toEqual([{ status: 'ok' }]);
  });

  test('says for each document what the server says of it', async () => {
    const parsing = {
      type: 'document_parsing_exception',
      reason: 'failed to parse',
      caused_by: { reason: 'no number' },
    };
    const full = { type: 'validation_exception', reason: 'this cluster has [9]/[9] maximum normal shards open' };
    const stream = {
      type: 'illegal_argument_exception',
      reason: 'only ops with an op_type of create are allowed in data streams',
    };
    const answers = [
      { status: 200 },
      { status: 400, error: parsing },
      { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } },
      { status: 503, error: { type: 'unavailable_shards_exception' } },
      { status: 404, error: { type: 'index_not_found_exception', reason: null } },
      { status: 403, error: { type: 'security_exception' } },
      { status: 400, error: full },
      { status: 400, error: stream },
      { status: 409, error: { type: 'something_else' } },
    ];
    const server = await httpServer(bulk((index) => answers[index] ?? {}));
    const { deliver } = await openSink(elasticsearchSink, `hosts: ["${server.origin}"]`);
    expect(await deliver(answers.length)).toMatchObject([
      { status: 'ok' },
      {
        status: 'reject',
        reason: 'invalid',
        problem: expect.stringMatching(
          /_bulk.*: 400 Bad Request: document_parsing_exception: failed to parse: no number$/,
        ),
      },
      { status: 'retry', reason: 'rate_limited', problem: expect.stringContaining('queue is full') },
      { status: 'retry', reason: 'server_error' },
      { status: 'retry', reason: 'not_found' },
      { status: 'retry', reason: 'unauthorized' },
      { status: 'retry', reason: 'other' },
      { status: 'retry', reason: 'other' },
      { status: 'reject', reason: 'invalid' },
    ]);
  });

  test.each(['', '<html>', '{"items":[]}', '{"items":[{"create":{"status":201}},{}]}', '{"items":{}}'])(
    'tries again after an answer that does not say what became of each: %s',
    async (answer) => {
      const server = await httpServer((_, response) => void response.end(answer));
      const { deliver } = await openSink(elasticsearchSink, `{hosts: ["${server.origin}"], indexTemplate: false}`);
      const outcome = { status: 'retry', reason: 'other', problem: expect.stringContaining('of 2 documents') };
      expect(await deliver(2)).toMatchObject([outcome, outcome]);
    },
  );

  test.each([400, 413])('splits a request that is refused as a whole with %s', async (code) => {
    const taken: unknown[] = [];
    const server = await httpServer((request, response) => {
      const documents = linesOf(request).filter((_, index) => index % 2 === 1);
      const numbers = documents.map((document) => Object(document).event.metadata.resourceVersion);
      if (numbers.includes('4')) return void response.writeHead(code).end();
      taken.push(...numbers);
      takeAll(request, response);
    });
    const { deliver } = await openSink(elasticsearchSink, `{hosts: ["${server.origin}"], indexTemplate: false}`);
    expect((await deliver(6)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'reject', 'ok', 'ok']);
    expect(taken).toEqual(['1', '2', '3', '5', '6']);
  });

  test('asks the next host when one does not answer or has nobody behind it, and stays there', async () => {
    const gateway = await httpServer((_, response) => void response.writeHead(502).end());
    const server = await httpServer(takeAll);
    const hosts = [`http://127.0.0.1:${await unusedPort()}`, gateway.origin, server.origin];
    const { deliver } = await openSink(elasticsearchSink, `hosts: ${JSON.stringify(hosts)}`);
    for (let n = 0; n < 3; n++) expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(gateway.requests).toHaveLength(1);
    server.script = (_, response) => void response.writeHead(503).end();
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'server_error' }]);
    expect(gateway.requests).toHaveLength(2);
  });

  test('does not ask another host when the first one refuses', async () => {
    const other = await httpServer(takeAll);
    const server = await httpServer((_, response) => void response.writeHead(403).end());
    const { deliver } = await openSink(elasticsearchSink, `hosts: ["${server.origin}", "${other.origin}"]`);
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'unauthorized' }]);
    expect(other.requests).toEqual([]);
  });

  test('sends an API key', async () => {
    const server = await httpServer(
      (request, response) => void response.writeHead(400).end(JSON.stringify(request.headers)),
    );
    const { deliver } = await openSink(elasticsearchSink, `{hosts: ["${server.origin}"], apiKey: aGlkZGVuOmtleQ==}`);
    expect(JSON.stringify(await deliver())).not.toContain('aGlkZGVuOmtleQ');
    expect(server.requests[0]?.headers['authorization']).toBe('ApiKey aGlkZGVuOmtleQ==');
  });

  test.each([
    ['hosts: []', /hosts: found an empty list, want at least one URL/],
    ['hosts: [localhost]', /hosts\[0\]: .*want an http or https URL/],
    ['{hosts: ["http://es"], index: a, dataStream: b}', /found both index and dataStream/],
    ['{hosts: ["http://es"], apiKey: a, auth: {bearerToken: b}}', /found both apiKey and auth/],
    ['{hosts: ["http://es"], index: Events}', /index: found "Events", want lower-case letters/],
    ['{hosts: ["http://es"], index: "a-%{+yyyy.mm}"}', /index: found "a-%\{\+yyyy\.mm\}", want/],
    ['{hosts: ["http://es"], index: "<a-{now/d}>"}', /index: found .*want/],
    ['{hosts: ["http://es"], index: "%{namespace}"}', /index: found .*want/],
    ['{hosts: ["http://es"], dataStream: "-a"}', /dataStream: found "-a", want/],
  ])('refuses %s', async (settings, problem) => {
    const error = await openSink(elasticsearchSink, settings).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(problem) });
  });
});

describe('elasticsearch index template', () => {
  const EVENT = {
    message: { type: 'text' },
    reason: { type: 'keyword' },
    source: { dynamic: false, properties: { host: { type: 'keyword' } } },
    metadata: { properties: { uid: { type: 'keyword' }, annotations: { type: 'flattened' } } },
  };
  const open = async (more = '') => {
    const server = await httpServer(takeAll);
    return { server, ...(await openSink(elasticsearchSink, `hosts: ["${server.origin}"]\n${more}`)) };
  };
  const templateOf = (request: SeenRequest | undefined) => JSON.parse(String(request?.body));

  test('is put once, before the first documents', async () => {
    const { server, deliver } = await open();
    await deliver();
    await deliver();
    expect(server.requests.map(({ method, target }) => `${method} ${target.split('?')[0]}`)).toEqual([
      'PUT /_index_template/tidings-kubernetes-events',
      'POST /_bulk',
      'POST /_bulk',
    ]);
    const { index_patterns: patterns, data_stream: dataStream, template } = templateOf(server.requests[0]);
    expect({ patterns, dataStream }).toEqual({ patterns: ['kubernetes-events'], dataStream: {} });
    expect(template.mappings.properties).toMatchObject({
      '@timestamp': { type: 'date', ignore_malformed: false },
      labels: { type: 'flattened' },
      count: { type: 'long' },
      event: { dynamic: false, properties: EVENT },
    });
  });

  test.each([
    ['kubernetes', EVENT],
    ['otlp', { '@timestamp': { type: 'date' } }],
  ])('maps the fields of the format %s', async (format, properties) => {
    const { server, deliver } = await open(`format: ${format}`);
    await deliver();
    const { template } = templateOf(server.requests[0]);
    expect(template.mappings.properties).toMatchObject(properties);
    expect(template.mappings.properties).not.toHaveProperty('event');
  });

  test('matches every date of an index', async () => {
    const { server, deliver } = await open('index: ev-%{+yyyy.MM}-x');
    await deliver();
    expect(server.requests[0]?.target).toBe('/_index_template/tidings-ev-yyyy.mm-x');
    expect(templateOf(server.requests[0])).toMatchObject({ index_patterns: ['ev-*-x'] });
    expect(templateOf(server.requests[0])).not.toHaveProperty('data_stream');
  });

  test('keeps labels unsearched where the server does not know their type', async () => {
    const { server, deliver } = await open();
    server.script = (request, response) => {
      const isUnknown = request.method === 'PUT' && request.body.includes('flattened');
      if (isUnknown) response.writeHead(400).end('{"error":"No handler for type [flattened] declared on [labels]"}');
      else takeAll(request, response);
    };
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(templateOf(server.requests[1]).template.mappings.properties.labels).toEqual({
      type: 'object',
      enabled: false,
    });
  });

  test('holds the documents back as long as it is refused', async () => {
    const { server, deliver } = await open();
    server.script = (_, response) => void response.writeHead(400).end('priority is taken');
    const problem = expect.stringMatching(
      /^PUT .*\/_index_template\/tidings-kubernetes-events: 400.*priority is taken/,
    );
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'invalid', problem }]);
    expect(server.requests).toHaveLength(1);
    server.script = takeAll;
    expect(await deliver()).toEqual([{ status: 'ok' }]);
  });
});

describe('elasticsearch that is checked', () => {
  const signal = new AbortController().signal;

  async function open(script: HttpScript) {
    const server = await httpServer(script);
    return { server, ...(await openSink(elasticsearchSink, `hosts: ["${server.origin}/es/?a=b"]`)) };
  }

  test('asks what it is, and writes no template', async () => {
    const { server, sink } = await open(takeAll);
    expect(await sink.check?.(signal)).toBe('cluster logging is elasticsearch 9.2.1');
    expect(server.requests).toMatchObject([{ method: 'GET', target: '/es/', body: Buffer.alloc(0) }]);
  });

  test.each([
    'action [cluster:monitor/main] is unauthorized for user [tidings] with effective roles [writer]',
    'no permissions for [cluster:monitor/main] and User [name=tidings, backend_roles=[]]',
  ])('is well with a user who may write but not ask: %s', async (reason) => {
    const { sink } = await open((_, response) => {
      response.writeHead(403).end(JSON.stringify({ error: { type: 'security_exception', reason }, status: 403 }));
    });
    expect(await sink.check?.(signal)).toContain('only sending would tell');
  });

  test.each<[string, HttpScript, string]>([
    ['another user', (_, response) => void response.writeHead(403).end('not you'), '403 Forbidden: not you'],
    ['a web page', (_, response) => void response.end('<html>'), 'found 200 with something else than what a cluster'],
    ['nothing', (_, response) => void response.writeHead(204).end(), 'found 204 with something else'],
  ])('says what is wrong at what answers like %s', async (_, script, problem) => {
    const { sink } = await open(script);
    await expect(sink.check?.(signal)).rejects.toThrow(problem);
  });

  test('asks another node when the first is not there', async () => {
    const server = await httpServer(takeAll);
    const { sink } = await openSink(
      elasticsearchSink,
      `hosts: ["http://127.0.0.1:${await unusedPort()}", "${server.origin}"]`,
    );
    expect(await sink.check?.(signal)).toBe('cluster logging is elasticsearch 9.2.1');
  });
});
