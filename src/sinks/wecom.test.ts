import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { describeSink } from '../../test/contract/sink.contract.ts';
import { expectNoMarkup, hostileMessages, LINKS, longMessage } from '../../test/helpers/chat-events.ts';
import { type HttpScript, httpServer } from '../../test/helpers/http-server.ts';
import { openSink } from '../../test/helpers/open-sink.ts';
import { wecomSink } from './wecom.ts';

const PATH = 'cgi-bin/webhook/send?key=hidden-robot-key';
const ERRCODE = 'https://developer.work.weixin.qq.com/document/path/91770 says errcode in its body';

/** As it answers: https://developer.work.weixin.qq.com/document/path/90313 */
const answering =
  (answer: object): HttpScript =>
  (_, response) =>
    void response.setHeader('content-type', 'application/json; charset=UTF-8').end(JSON.stringify(answer));

const ok = answering({ errcode: 0, errmsg: 'ok' });
const robot = (origin: string) => `url: ${origin}/${PATH}`;

describeHttpSink(wecomSink, {
  settings: robot,
  secrets: ['hidden-robot-key'],
  accept: ok,
  exceptions: { 204: { verdict: ['retry', 'other'], because: ERRCODE } },
});

const application = (origin: string) => `corpid: ww0123\nsecret: hidden-secret\nagentid: 1000002\napiUrl: ${origin}/`;

/** Gives token-1, token-2, …, and takes messages with those that `takes` says. */
function api(takes: (token: string) => boolean = () => true, send: HttpScript = ok): HttpScript {
  let n = 0;
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.target, 'http://127.0.0.1');
    if (pathname === '/cgi-bin/gettoken') {
      n++;
      answering({ errcode: 0, errmsg: 'ok', access_token: `hidden-token-${n}`, expires_in: 7200 })(request, response);
    } else if (takes(searchParams.get('access_token') ?? '')) send(request, response);
    else answering({ errcode: 42001, errmsg: 'access_token expired' })(request, response);
  };
}

describe('as an application', () => {
  describeSink(wecomSink, async () => {
    const server = await httpServer(api());
    return {
      settings: application(server.origin),
      secrets: ['hidden-secret', 'hidden-token-1'],
      hang() {
        const { promise, resolve } = Promise.withResolvers<void>();
        server.script = () => resolve();
        return promise;
      },
      refuse: () => {
        const refusal: HttpScript = (request, response) =>
          answering({ errcode: 40058, errmsg: `${request.target} ${request.body.toString()}` })(request, response);
        server.script = api(undefined, refusal);
      },
    };
  });
});

describe('wecom', () => {
  test('sends Markdown to a robot', async () => {
    const server = await httpServer(ok);
    const { deliver } = await openSink(wecomSink, `${robot(server.origin)}\n${LINKS}`);
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(server.requests[0]?.target).toBe(`/${PATH}`);
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchInlineSnapshot(`
      {
        "markdown": {
          "content": "**⚠️ BackOff: Pod shop/web-0**
      Back-off restarting failed container app in pod web-0_shop(00001000-0000-4000-8000-000000000000)
      **Cluster**: prod
      **Namespace**: shop
      **Object**: Pod web-0
      **Node**: node-0
      **Component**: kubelet
      [Logs](https://logs.example.com/?pod=web-0)
      Tidings · 2026-01-02T03:00:00.000Z",
        },
        "msgtype": "markdown",
      }
    `);
  });

  test('sends by an application with a token that it keeps', async () => {
    const server = await httpServer(api());
    const { deliver } = await openSink(wecomSink, application(server.origin));
    for (let n = 0; n < 2; n++) expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /cgi-bin/gettoken?corpid=ww0123&corpsecret=hidden-secret',
      'POST /cgi-bin/message/send?access_token=hidden-token-1',
      'POST /cgi-bin/message/send?access_token=hidden-token-1',
    ]);
    expect(JSON.parse(String(server.requests[1]?.body))).toMatchObject({
      touser: '@all',
      agentid: 1000002,
      msgtype: 'markdown',
      markdown: { content: expect.stringContaining('BackOff') },
    });
  });

  test('fetches another token when the one it has is refused, and once only', async () => {
    const server = await httpServer(api());
    const { deliver } = await openSink(wecomSink, application(server.origin));
    await deliver();
    server.script = api((token) => token === 'hidden-token-1');
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    server.script = api(() => false);
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'unauthorized' }]);
  });

  test('sends nothing without a token', async () => {
    const server = await httpServer(answering({ errcode: 40001, errmsg: 'invalid credential hidden-secret' }));
    const { deliver } = await openSink(wecomSink, application(server.origin));
    const outcomes = await deliver();
    expect(outcomes).toMatchObject([{ status: 'retry', reason: 'unauthorized' }]);
    expect(JSON.stringify(outcomes)).not.toContain('hidden');
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [-1, 'system busy', 'retry', 'server_error'],
    [40014, 'invalid access_token', 'retry', 'unauthorized'],
    [60020, 'not allow to access from your ip', 'retry', 'unauthorized'],
    [93000, 'invalid webhook url', 'retry', 'not_found'],
    [81013, 'user & party & tag all invalid', 'retry', 'not_found'],
    [45002, 'content size out of limit', 'reject', 'too_large'],
    [40058, 'markdown.content exceed max length 4096', 'reject', 'invalid'],
  ])('takes errcode %i (%s) for %s %s', async (errcode, errmsg, status, reason) => {
    const server = await httpServer(answering({ errcode, errmsg }));
    const { deliver } = await openSink(wecomSink, robot(server.origin));
    expect(await deliver()).toMatchObject([{ status, reason, problem: expect.stringContaining(String(errcode)) }]);
  });

  test('waits a minute once it was throttled', async () => {
    const server = await httpServer(answering({ errcode: 45009, errmsg: 'api freq out of limit' }));
    const { deliver } = await openSink(wecomSink, robot(server.origin));
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'rate_limited', afterMs: 60_000 }]);
  });

  test.each([
    ['a robot', 20, robot, ok],
    ['an application', 30, application, api()],
  ])('keeps to the pace of %s', async (_, count, settings, script) => {
    const server = await httpServer(script);
    const { deliver } = await openSink(wecomSink, settings(server.origin));
    for (let n = 0; n < count; n++) expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'rate_limited' }]);
  });

  test.each(['{}', '{corpid: x, secret: y}', '{url: "http://127.0.0.1/", corpid: x, secret: y, agentid: 1}'])(
    'cannot be opened with %s',
    async (settings) => {
      await expect(openSink(wecomSink, settings)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );

  test('lets nothing of an event be markup, a mention or a link', async () => {
    const { sink } = await openSink(wecomSink, `{url: "http://127.0.0.1/", ${LINKS}}`);
    fc.assert(
      fc.property(hostileMessages, (message) => {
        const { markdown, ...frame } = JSON.parse(String(sink.encode(message).value));
        expect(frame).toEqual({ msgtype: 'markdown' });
        expectNoMarkup(String(markdown.content), /[`*~[\]<>|\\#&@]|:\/\/|www\./i);
      }),
    );
  });

  test.each([
    ['a robot', 4_096, robot],
    ['an application', 2_048, application],
  ])('keeps within the bytes of UTF-8 that %s may send, whole characters only', async (_, limit, settings) => {
    const { sink } = await openSink(wecomSink, settings('http://127.0.0.1'));
    const contentOf = (message: Parameters<typeof sink.encode>[0]): string =>
      JSON.parse(String(sink.encode(message).value)).markdown.content;
    const check = (content: string): void => {
      expect(Buffer.byteLength(content)).toBeLessThanOrEqual(limit);
      expect(content.isWellFormed()).toBe(true);
    };
    fc.assert(fc.property(hostileMessages, (message) => check(contentOf(message))));
    for (const character of ['x', '"', '語', '😀', '<']) {
      check(contentOf(longMessage(character)));
      expect(Buffer.byteLength(contentOf(longMessage(character)))).toBeGreaterThan(limit - 100);
    }
  });
});
