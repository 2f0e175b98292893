import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { httpServer } from '../../test/helpers/http-server.ts';
import { createLogger } from '../telemetry/log.ts';
import { createHttpClient, httpClientConfig } from './_http-client.ts';
import { redacted, secretsOfUrl, shownUrl } from './_http-redaction.ts';

describe('shownUrl', () => {
  test.each([
    ['https://user:word@events.example:8443/in#part', 'https://events.example:8443/in'],
    ['https://events.example/api/v1/push?tenant=a&key=b', 'https://events.example/api/v1/push?tenant=…&key=…'],
    [
      'https://hooks.example/services/T0123456/B0123456/aB3dE5gH7jK9mN1pQ3sT5vW7',
      'https://hooks.example/services/T0123456/B0123456/…',
    ],
    ['https://chat.example/bot123456789:AAE-abcdefghijkl/sendMessage', 'https://chat.example/…/sendMessage'],
    ['https://search.example/kubernetes-events/_bulk', 'https://search.example/kubernetes-events/_bulk'],
    ['https://events.example/in?aB3dE5gH7jK9mN1pQ3sT5vW7', 'https://events.example/in?…=…'],
  ])('of %s is %s', (url, shown) => {
    expect(shownUrl(new URL(url))).toBe(shown);
  });
});

describe('secretsOfUrl', () => {
  test('are what an answer may not repeat, and no words', () => {
    const url = new URL('https://us%20er:w%40rd@events.example/in/aB3dE5gH7jK9mN1p/out?key=short&kind=Pod');
    expect(secretsOfUrl(url)).toEqual(['us%20er', 'us er', 'w%40rd', 'w@rd', 'aB3dE5gH7jK9mN1p', 'short']);
  });
});

describe('redacted', () => {
  test('masks a secret however it is written', () => {
    const secret = 'a/b "c" & <d>';
    const forms = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret),
      'a\\/b \\"c\\" & <d>',
      'A%2fB%20%22C%22%20%26%20%3cD%3e',
    ];
    expect(redacted(forms.join('\n'), [secret])).toBe('…\n…\n"…"\n…\n…');
    expect(redacted('a/b &quot;c&quot; &amp; &lt;d&gt;', [secret])).toBe('…');
  });

  test('masks the whole of a secret that another one is a part of', () => {
    expect(redacted('is hidden-word', ['hidden', 'hidden-word'])).toBe('is …');
  });

  test('leaves alone what is too short to be a secret', () => {
    expect(redacted('401 a', ['1', 'a', ''])).toBe('401 a');
  });
});

describe('every text about a request', () => {
  const printable = fc.stringMatching(/^[!-~]{8,40}$/);
  const token = fc.stringMatching(/^[A-Za-z0-9_-]{16,60}$/).map((text) => `x0${text}`);
  const write = fc.constantFrom<(secret: string) => string>(
    (secret) => secret,
    encodeURIComponent,
    JSON.stringify,
    (secret) =>
      `<p>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</p>`,
    (secret) => new URLSearchParams({ text: secret }).toString(),
  );
  const inputs = fc.record({
    password: printable,
    proxyPassword: printable,
    pathToken: token,
    queryToken: printable,
    header: printable,
    credential: token,
    other: printable,
    status: fc.constantFrom(302, 400, 401, 404, 413, 429, 500),
    write,
    /** Where in the answer the first of them begins. What is read of it is to end within one. */
    before: fc.integer({ min: 0, max: 300 }),
    location: fc.boolean(),
  });

  test('holds no secret, nor the beginning of one, whatever the answer repeats', async () => {
    const proxy = await httpServer();
    const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
    const context = { name: 'test', logger, env: {}, userAgent: 'tidings/test' };
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const { password, proxyPassword, pathToken, queryToken, header, credential, other } = input;
        const secrets = [password, proxyPassword, pathToken, queryToken, header, credential, other];
        proxy.script = (_, response) => {
          const location = `http://somebody:${encodeURIComponent(password)}@elsewhere.invalid/${pathToken}?q=${encodeURIComponent(other)}`;
          response.writeHead(input.status, { ...(input.location && { location }) });
          response.end('.'.repeat(input.before) + ` ${secrets.map(input.write).join(' ')}`.repeat(60));
        };
        const config = v.parse(v.strictObject(httpClientConfig), {
          proxy: proxy.origin.replace('//', `//user:${encodeURIComponent(proxyPassword)}@`),
          headers: { 'X-Key': header },
          auth: { bearerToken: credential },
        });
        const url = `http://me:${encodeURIComponent(password)}@events.invalid/${pathToken}/in?token=${encodeURIComponent(queryToken)}`;
        const client = await createHttpClient(config, url, context, { secrets: [other] });
        const { outcome, answer } = await client.send({ url, body: 'x' }, new AbortController().signal);
        await client.close();
        const text = outcome.status === 'ok' ? '' : outcome.problem;
        expect(text).toContain('events.invalid');
        expect(text.length).toBeLessThan(1_500);
        for (const secret of secrets) {
          for (const place of [text, answer?.body ?? '']) {
            expect(place).not.toContain(secret);
            expect(place).not.toContain(input.write(secret).slice(0, 8));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
