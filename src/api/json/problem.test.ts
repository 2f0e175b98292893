import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { servedJson } from '../../../test/helpers/served-json.ts';
import { AppError } from '../../core/errors.ts';

describe('an error', () => {
  test.each([
    ['/events?limit=0', 400, { parameter: 'limit', detail: 'limit: found "0", want a whole number from 1 to 1000' }],
    ['/events?limit=x', 400, { parameter: 'limit' }],
    ['/events?limit=1&limit=2', 400, { parameter: 'limit' }],
    ['/events?form=now', 400, { parameter: 'form', hint: 'Did you mean from?' }],
    ['/events?from=yesterday', 400, { parameter: 'from' }],
    ['/events?from=now&to=now-1h', 400, { parameter: 'from' }],
    ['/events?tz=Mars', 400, { parameter: 'tz' }],
    ['/events?cursor=x', 400, { parameter: 'cursor' }],
    ['/events?cluster=nobody', 400, { parameter: 'cluster' }],
    [
      '/events?q=reason:a+reson:b',
      400,
      {
        parameter: 'q',
        code: 'FILTER_INVALID',
        position: { line: 1, column: 10 },
        detail: expect.stringMatching(/^unknown key reson/),
      },
    ],
    [
      '/events?cel=event.x',
      400,
      { parameter: 'cel', code: 'FILTER_INVALID', position: { line: 1, column: expect.any(Number) } },
    ],
    ['/nowhere', 404, { title: 'Not Found', detail: 'found no /tidings/v1/nowhere' }],
  ])('says what is wrong: %s', async (target, status, problem) => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }]);
    const answer = await api.ask(target);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ status, ...problem })]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(api.logged).toEqual([]);
  });

  test('of a method names those there are', async () => {
    const api = await servedJson();
    const { status, headers } = await api.ask('/events', { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('that nobody expected is told to the log alone', async () => {
    const api = await servedJson({
      access: {
        events: async () => {
          throw new TypeError('a secret');
        },
        path: async () => {},
      },
    });
    await api.commit([{ resourceVersion: 10 }]);
    const { status, body } = await api.ask('/events');
    expect([status, JSON.stringify(body).includes('secret')]).toEqual([500, false]);
    expect(api.logged).toEqual([expect.stringContaining('a secret')]);
  });

  test('is no news when it is that the caller has gone', async () => {
    const api = await servedJson();
    const socket = connect({ port: Number(new URL(api.url).port), host: '127.0.0.1' });
    const head = 'PUT /tidings/v1/saved-queries/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{';
    socket.write(head, () => socket.destroy());
    await once(socket, 'close');
    // By then the other end of it has closed too.
    for (let turns = 0; turns < 3; turns++) await api.ask('/meta');
    expect(api.logged).toEqual([]);
  });

  test('is answered while there is no store, until there is one', async () => {
    let attempts = 0;
    const api = await servedJson({
      open: () => {
        if (attempts++ === 0) throw new AppError('STORE_NOT_FOUND', 'open the store: found no such file, want a store');
        throw new AppError('STORE_NEWER', 'open the store: found version 9');
      },
    });
    expect((await api.ask('/meta')).body).toMatchObject({ status: 503, code: 'STORE_NOT_FOUND' });
    expect((await api.ask('/meta')).body).toMatchObject({ status: 503, code: 'STORE_NEWER' });
  });

  test('is what is answered to whatever cannot be understood, and nothing breaks', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }, { resourceVersion: 11, reason: 'Pulled' }]);
    const cursor = (await api.ask('/events?limit=1')).body.data.next as string;
    const odd = fc.oneof(
      fc.string(),
      fc.constantFrom('', '0', '-1', '1e400', 'now', 'now-', 'now-1000y', 'NaN', '*', '%', '__proto__', 'é', cursor),
      fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:60Z', '+275760-09-13T00:00:00Z', '[1,2,"x"]'),
      fc.constant(Buffer.from('[1e300,2e300,""]').toString('base64url')),
      fc.constant(Buffer.from('[0,1,"1-x-1-1-1-1-1"]').toString('base64url')),
    );
    const names = [
      'from',
      'to',
      'cluster',
      'namespace',
      'q',
      'cel',
      'tz',
      'limit',
      'cursor',
      'by',
      'top',
      'buckets',
      'fields',
      'object',
      'objectUid',
    ];
    const parameters = fc.array(fc.tuple(fc.constantFrom(...names), odd), { maxLength: 3 });
    const paths = fc.oneof(
      fc.constantFrom('/events', '/series', '/histogram', '/facets', '/coverage', '/meta', '/'),
      fc.tuple(odd, odd).map(([uid, version]) => `/events/${encodeURIComponent(uid)}/${encodeURIComponent(version)}`),
    );
    await fc.assert(
      fc.asyncProperty(paths, parameters, async (path, given) => {
        const query = new URLSearchParams(given).toString();
        expect((await api.ask(`${path}?${query}`)).status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
    expect(api.logged).toEqual([]);
  });

  test('refuses pages of other sites', async () => {
    const { url } = await servedJson();
    const { port } = new URL(url);
    const status = await new Promise((resolve, reject) => {
      const headers = { Host: 'rebound.example.com' };
      const asked = httpRequest({ host: '127.0.0.1', port, path: '/tidings/v1/meta', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(status).toBe(403);
  });
});
