import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { clientOf, plainServer } from '../../../test/helpers/client-servers.ts';
import type { UserInfo } from '../../component/access-reviews.ts';
import { createAccessReviews } from './access-reviews.ts';

interface Asked {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly spec?: unknown;
}

type Answer = (spec: Record<string, unknown>, request: IncomingMessage) => [status: number, body: object];

/** An API server that answers as told, and what it was asked. */
async function reviewed(answer: Answer) {
  const asked: Asked[] = [];
  const clock = { now: 0 };
  const server = await plainServer((request, response) => {
    void text(request).then((body) => {
      const { spec = {} } = (body === '' ? {} : JSON.parse(body)) as { spec?: Record<string, unknown> };
      const { authorization } = request.headers;
      asked.push({ line: `${request.method} ${request.url}`, authorization, ...(body !== '' && { spec }) });
      const [status, object] = answer(spec, request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object));
    });
  });
  const client = clientOf(server, { auth: { token: 'own' }, tls: {} });
  return { asked, clock, reviews: createAccessReviews(client, () => clock.now) };
}

const ANN: UserInfo = { name: 'ann', uid: 'u-1', groups: ['dev'], extra: { team: ['shop'] } };
const LIST = { verb: 'list', group: '', version: 'v1', resource: 'events', namespace: 'shop' };

describe('userOf', () => {
  test('asks by TokenReview whose a token is, once in ten seconds', async () => {
    const user = { username: 'ann', uid: 'u-1', groups: ['dev'], extra: { team: ['shop'] } };
    const { asked, clock, reviews } = await reviewed(() => [201, { status: { authenticated: true, user } }]);
    expect(await Promise.all([reviews.userOf('secret'), reviews.userOf('secret')])).toEqual([ANN, ANN]);
    expect(asked).toEqual([
      {
        line: 'POST /apis/authentication.k8s.io/v1/tokenreviews',
        authorization: 'Bearer own',
        spec: { token: 'secret' },
      },
    ]);
    clock.now = 9_999;
    await reviews.userOf('secret');
    expect(asked).toHaveLength(1);
    clock.now = 10_000;
    await reviews.userOf('secret');
    expect(asked).toHaveLength(2);
  });

  test.each([
    { authenticated: false, error: 'invalid bearer token' },
    { user: { username: 'ann' } },
    { authenticated: true },
    { authenticated: true, user: { username: '' } },
  ])('knows nobody by %j', async (status) => {
    const { reviews } = await reviewed(() => [201, { status }]);
    expect(await reviews.userOf('secret')).toBeUndefined();
  });

  test('rejects when the API server does not say, and asks again', async () => {
    const { asked, reviews } = await reviewed(() => [403, { kind: 'Status', message: 'tokenreviews is forbidden' }]);
    for (let i = 0; i < 2; i++) {
      await expect(reviews.userOf('secret')).rejects.toMatchObject({ code: 'API_REQUEST_FAILED', status: 403 });
    }
    expect(asked).toHaveLength(2);
    const { reviews: odd } = await reviewed(() => [201, {}]);
    await expect(odd.userOf('secret')).rejects.toMatchObject({ code: 'API_REQUEST_FAILED' });
  });
});

describe('mayAccess', () => {
  test('asks by SubjectAccessReview for everything that the user is', async () => {
    const { asked, clock, reviews } = await reviewed(() => [201, { status: { allowed: true, reason: 'RBAC' } }]);
    expect(await reviews.mayAccess(ANN, LIST)).toEqual({ allowed: true, reason: 'RBAC', validMs: 10_000 });
    clock.now = 4_000;
    expect(await reviews.mayAccess(ANN, { ...LIST })).toEqual({ allowed: true, reason: 'RBAC', validMs: 6_000 });
    await reviews.mayAccess(ANN, { verb: 'get', path: '/metrics' });
    await reviews.mayAccess({ name: 'bob', groups: [], extra: {} }, LIST);
    const subject = { user: 'ann', uid: 'u-1', groups: ['dev'], extra: { team: ['shop'] } };
    expect(asked.map(({ spec }) => spec)).toEqual([
      { ...subject, resourceAttributes: LIST },
      { ...subject, nonResourceAttributes: { verb: 'get', path: '/metrics' } },
      { user: 'bob', groups: [], extra: {}, resourceAttributes: LIST },
    ]);
  });

  test.each([{}, { allowed: 'true' }, { allowed: true, denied: true }, { allowed: false }])(
    'takes %j for a no',
    async (status) => {
      const { reviews } = await reviewed(() => [201, { status }]);
      expect(await reviews.mayAccess(ANN, LIST)).toMatchObject({ allowed: false });
    },
  );
});

describe('mayCallerAccess', () => {
  test("asks with the caller's own credentials, and knows nobody by others", async () => {
    const { asked, reviews } = await reviewed((_spec, { headers }) =>
      headers.authorization === 'Bearer bad' ? [401, {}] : [201, { status: { allowed: true } }],
    );
    const caller = { authorization: 'Bearer theirs', 'impersonate-user': 'bob' };
    expect(await reviews.mayCallerAccess(caller, LIST)).toEqual({ allowed: true, validMs: 10_000 });
    expect(await reviews.mayCallerAccess(caller, LIST)).toMatchObject({ allowed: true });
    expect(await reviews.mayCallerAccess({ authorization: 'Bearer bad' }, LIST)).toBeUndefined();
    const line = 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const spec = { resourceAttributes: LIST };
    expect(asked).toEqual([
      { line, authorization: 'Bearer theirs', spec },
      { line, authorization: 'Bearer bad', spec },
    ]);
  });
});

describe('namespaceCreatedAt', () => {
  test('is when it was created, undefined when there is none, and an error when nobody says', async () => {
    const { reviews } = await reviewed((_spec, { url, headers }) => {
      if (url === '/api/v1/namespaces/gone') return [404, {}];
      if (url === '/api/v1/namespaces/odd') return [200, { metadata: {} }];
      expect(headers.accept).toContain('as=PartialObjectMetadata');
      return [200, { metadata: { creationTimestamp: '2026-03-01T10:00:00Z' } }];
    });
    expect(await reviews.namespaceCreatedAt('shop')).toBe(Date.UTC(2026, 2, 1, 10));
    expect(await reviews.namespaceCreatedAt('gone')).toBeUndefined();
    await expect(reviews.namespaceCreatedAt('odd')).rejects.toMatchObject({ code: 'API_REQUEST_FAILED' });
  });
});

describe('clientAuthorities', () => {
  test('are those of extension-apiserver-authentication', async () => {
    const data = {
      'client-ca-file': 'PEM of clients\n',
      'requestheader-client-ca-file': 'PEM of proxies\n',
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-username-headers': '["X-Remote-User"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    };
    const { asked, reviews } = await reviewed(() => [200, { data }]);
    expect(await reviews.clientAuthorities()).toEqual({
      clients: 'PEM of clients',
      proxies: {
        ca: 'PEM of proxies',
        allowedNames: ['front-proxy-client'],
        usernameHeaders: ['x-remote-user'],
        uidHeaders: [],
        groupHeaders: ['x-remote-group'],
        extraHeaderPrefixes: ['x-remote-extra-'],
      },
    });
    expect(asked[0]?.line).toBe('GET /api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication');
  });

  test('are none where there is no such ConfigMap, and an error where it cannot be understood', async () => {
    const { reviews: none } = await reviewed(() => [404, {}]);
    expect(await none.clientAuthorities()).toEqual({});
    const data = { 'requestheader-client-ca-file': 'x', 'requestheader-allowed-names': 'front-proxy-client' };
    const { reviews: odd } = await reviewed(() => [200, { data }]);
    await expect(odd.clientAuthorities()).rejects.toMatchObject({
      message: expect.stringContaining('want a list of texts in JSON'),
    });
  });
});
