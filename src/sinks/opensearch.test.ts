import { expect, test } from 'vitest';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { type HttpScript, httpServer } from '../../test/helpers/http-server.ts';
import { openSink } from '../../test/helpers/open-sink.ts';
import { opensearchSink } from './opensearch.ts';

const INFO = { cluster_name: 'logging', version: { distribution: 'opensearch', number: '3.3.0' } };

const takeAll: HttpScript = ({ method, body }, response) => {
  if (method === 'GET') return void response.end(JSON.stringify(INFO));
  const count = body.toString().split('\n').length >> 1;
  response.end(
    JSON.stringify({ errors: false, items: Array.from({ length: count }, () => ({ create: { status: 201 } })) }),
  );
};

describeHttpSink(opensearchSink, {
  settings: (origin) => `
hosts: ["${origin}"]
indexTemplate: false
auth:
  basic: {username: tidings, password: hidden-password}
`,
  secrets: ['hidden-password', btoa('tidings:hidden-password')],
  accept: takeAll,
  exceptions: {
    204: { verdict: ['retry', 'other'], because: 'a bulk request is always answered with what became of its items' },
  },
});

test('opensearch maps labels by the type that it has for them', async () => {
  const server = await httpServer(takeAll);
  const { deliver } = await openSink(opensearchSink, `hosts: ["${server.origin}"]`);
  expect(await deliver()).toEqual([{ status: 'ok' }]);
  const { template } = JSON.parse(String(server.requests[0]?.body));
  expect(template.mappings.properties.labels).toEqual({ type: 'flat_object' });
});

test('opensearch has no API keys', async () => {
  const error = await openSink(opensearchSink, '{hosts: ["http://os"], apiKey: a}').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('unknown key') });
});

test('opensearch says that it is, when it is checked', async () => {
  const server = await httpServer(takeAll);
  const { sink } = await openSink(opensearchSink, `hosts: ["${server.origin}"]`);
  expect(await sink.check?.(new AbortController().signal)).toBe('cluster logging is opensearch 3.3.0');
});
