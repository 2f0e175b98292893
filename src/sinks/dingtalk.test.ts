import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { expectNoMarkup, hostileMessages, LINKS, longMessage } from '../../test/helpers/chat-events.ts';
import { type HttpScript, httpServer } from '../../test/helpers/http-server.ts';
import { openSink } from '../../test/helpers/open-sink.ts';
import { dingtalkSink } from './dingtalk.ts';

const PATH = 'robot/send?access_token=hidden-access-token';
const KEY = 'SEChidden-signing-key';

/** As the robot answers: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages */
const robot =
  (errcode: number, errmsg: string): HttpScript =>
  (_, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify({ errcode, errmsg }));

const settings = (origin: string) => `url: ${origin}/${PATH}\nsecret: ${KEY}`;

describeHttpSink(dingtalkSink, {
  settings,
  secrets: ['hidden-access-token', KEY],
  accept: robot(0, 'ok'),
  exceptions: {
    204: {
      verdict: ['retry', 'other'],
      because: 'https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages says errcode in its body',
    },
  },
});

describe('dingtalk', () => {
  test('sends Markdown, signed', async () => {
    const server = await httpServer(robot(0, 'ok'));
    const { deliver } = await openSink(dingtalkSink, `${settings(server.origin)}\n${LINKS}`);
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    const target = new URL(server.requests[0]?.target ?? '', server.origin);
    const { access_token, timestamp = '', sign } = Object.fromEntries(target.searchParams);
    expect(access_token).toBe('hidden-access-token');
    expect(Math.abs(Number(timestamp) - Date.now())).toBeLessThan(60_000);
    expect(sign).toBe(createHmac('sha256', KEY).update(`${timestamp}\n${KEY}`).digest('base64'));
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchInlineSnapshot(`
      {
        "at": {
          "isAtAll": false,
        },
        "markdown": {
          "text": "**⚠️ BackOff: Pod shop/web-0**

      Back-off restarting failed container app in pod web-0_shop(00001000-0000-4000-8000-000000000000)

      **Cluster**: prod

      **Namespace**: shop

      **Object**: Pod web-0

      **Node**: node-0

      **Component**: kubelet

      [Logs](https://logs.example.com/?pod=web-0)

      Tidings · 2026-01-02T03:00:00.000Z",
          "title": "BackOff: Pod shop/web-0",
        },
        "msgtype": "markdown",
      }
    `);
  });

  test('leaves the URL alone without a key', async () => {
    const server = await httpServer(robot(0, 'ok'));
    await (await openSink(dingtalkSink, `url: ${server.origin}/${PATH}`)).deliver();
    expect(server.requests[0]?.target).toBe(`/${PATH}`);
  });

  test.each([
    [-1, 'system busy', 'retry', 'server_error'],
    [130101, 'send too fast, exceed 20 times per minute', 'retry', 'rate_limited'],
    [410100, 'send too fast', 'retry', 'rate_limited'],
    [310000, 'sign not match', 'retry', 'unauthorized'],
    [310000, 'ip 192.0.2.1 not in whitelist', 'retry', 'unauthorized'],
    [310000, 'keywords not in content', 'reject', 'invalid'],
    [300001, 'token is not exist', 'retry', 'unauthorized'],
    [400101, 'access_token does not exist', 'retry', 'unauthorized'],
    [400102, 'robot is stopped', 'retry', 'not_found'],
    [400013, 'group is dismissed', 'retry', 'not_found'],
    [460101, 'message too long, exceed 20000 bytes', 'reject', 'too_large'],
    [430104, 'unsuitable content', 'reject', 'invalid'],
    [40035, 'missing parameter json', 'reject', 'invalid'],
  ])('takes errcode %i (%s) for %s %s', async (code, text, status, reason) => {
    const server = await httpServer(robot(code, text));
    const { deliver } = await openSink(dingtalkSink, settings(server.origin));
    expect(await deliver()).toMatchObject([{ status, reason, problem: expect.stringContaining(`${code}: ${text}`) }]);
  });

  test('waits ten minutes once it was throttled', async () => {
    const server = await httpServer(robot(410100, 'send too fast'));
    const { deliver } = await openSink(dingtalkSink, settings(server.origin));
    expect(await deliver()).toMatchObject([{ afterMs: 600_000 }]);
  });

  test('sends 20 messages a minute, and says when the next may be sent', async () => {
    const server = await httpServer(robot(0, 'ok'));
    const { deliver } = await openSink(dingtalkSink, settings(server.origin));
    for (let n = 0; n < 20; n++) expect(await deliver()).toEqual([{ status: 'ok' }]);
    const [outcome] = await deliver();
    expect(outcome).toMatchObject({ status: 'retry', reason: 'rate_limited' });
    const afterMs = outcome?.status === 'retry' ? outcome.afterMs : undefined;
    expect(afterMs).toBeGreaterThan(30_000);
    expect(afterMs).toBeLessThanOrEqual(60_000);
    expect(server.requests).toHaveLength(20);
  });

  test('lets nothing of an event be markup, a mention or a link', async () => {
    const { sink } = await openSink(dingtalkSink, `{url: "http://127.0.0.1/", ${LINKS}}`);
    fc.assert(
      fc.property(hostileMessages, (message) => {
        const { markdown, at, msgtype } = JSON.parse(String(sink.encode(message).value));
        expect({ msgtype, at }).toEqual({ msgtype: 'markdown', at: { isAtAll: false } });
        expect(markdown.title).not.toMatch(/[`*~[\]<>|\\#&@]|:\/\//);
        expectNoMarkup(String(markdown.text), /[`*~[\]<>|\\#&@]|:\/\/|www\.|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/iu);
      }),
    );
  });

  test('keeps within 20000 bytes, whole characters only', async () => {
    const { sink } = await openSink(dingtalkSink, `{url: "http://127.0.0.1/", ${LINKS}}`);
    const check = (text: string): void => {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
      expect(JSON.parse(text).markdown.text.isWellFormed()).toBe(true);
    };
    fc.assert(fc.property(hostileMessages, (message) => check(String(sink.encode(message).value))));
    for (const character of ['x', '"', '語', '😀', '<']) {
      const { value } = sink.encode(longMessage(character));
      check(String(value));
      expect(Buffer.byteLength(String(value))).toBeGreaterThan(18_000);
    }
  });
});
