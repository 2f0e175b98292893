import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from './client.ts';
import { clusterUid } from './cluster-uid.ts';
import { plainConfig } from './kubeconfig.ts';

async function answering(status: number, body: string): Promise<string | undefined> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/api/v1/namespaces/kube-system' ? status : 500;
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = createClient(plainConfig(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`));
  onTestFinished(async () => {
    await client.close();
    server.close();
  });
  return clusterUid(client);
}

describe('clusterUid', () => {
  test('is the UID of kube-system', async () => {
    expect(await answering(200, '{"metadata":{"uid":"u-1"}}')).toBe('u-1');
  });

  test.each([401, 403, 404])('is undefined when the answer is %i', async (status) => {
    expect(await answering(status, '{}')).toBeUndefined();
  });

  test.each(['null', '[]', '{"metadata":{}}', '{"metadata":{"uid":{"a":1}}}', '{"metadata":{"uid":""}}'])(
    'rejects for %s, which is no namespace',
    async (body) => {
      await expect(answering(200, body)).rejects.toMatchObject({
        code: 'API_REQUEST_FAILED',
        message: expect.stringContaining('found no metadata.uid, want a Namespace'),
      });
    },
  );

  test('rejects when the server fails', async () => {
    await expect(answering(500, '')).rejects.toMatchObject({ code: 'API_REQUEST_FAILED', status: 500 });
  });
});
