import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { hostileMessages, longMessage } from '../../test/helpers/chat-events.ts';
import { type HttpScript, httpServer } from '../../test/helpers/http-server.ts';
import { messageNumber, openSink } from '../../test/helpers/open-sink.ts';
import { slackSink } from './slack.ts';

const WEBHOOK = 'services/T00000000/B00000000/hiddenWebhookPart0123456';
const ARCHIVED = 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors';
const OK_FALSE = 'https://docs.slack.dev/reference/methods/chat.postMessage says ok in its body';

describeHttpSink(slackSink, {
  settings: (origin) => `url: ${origin}/${WEBHOOK}`,
  secrets: ['hiddenWebhookPart0123456'],
  accept: (_, response) => void response.end('ok'),
  exceptions: { 410: { verdict: ['retry', 'not_found'], because: ARCHIVED } },
});

const byToken = (origin: string) => `{token: xoxb-hidden-token, channel: C024BE91L, apiUrl: "${origin}/api"}`;

/** As chat.postMessage answers. */
const api =
  (answer: object): HttpScript =>
  (_, response) =>
    void response.setHeader('content-type', 'application/json; charset=utf-8').end(JSON.stringify(answer));

describe('with a token', () => {
  describeHttpSink(slackSink, {
    settings: (origin) => byToken(origin).replace('{', '').replace('}', '').replaceAll(', ', '\n'),
    secrets: ['xoxb-hidden-token'],
    accept: api({ ok: true, channel: 'C024BE91L', ts: '1503435956.000247' }),
    exceptions: { 204: { verdict: ['retry', 'other'], because: OK_FALSE } },
  });
});

async function payloadOf(message = messageNumber(1), settings = 'url: http://127.0.0.1/') {
  const { sink } = await openSink(slackSink, settings);
  return JSON.parse(String(sink.encode(message).value));
}

/** Every object within, itself included. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [Object.fromEntries(Object.entries(value)), ...Object.values(value).flatMap(objectsOf)];
}

const textsOf = (payload: unknown, type: string): string[] =>
  objectsOf(payload).flatMap((object) => (object['type'] === type ? [String(object['text'])] : []));

const LINK = 'links: [{text: "A & <B>", url: "https://logs.example.com/?a=1|2&pod={{ .InvolvedObject.Name }}"}]';
const DATE = /^<!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[\dT:.Z-]+>$/;

describe('slack', () => {
  test('sends blocks of plain text', async () => {
    const server = await httpServer();
    const { deliver } = await openSink(slackSink, `{url: "${server.origin}/${WEBHOOK}", ${LINK}}`);
    await deliver();
    expect(server.requests[0]).toMatchObject({
      target: `/${WEBHOOK}`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "emoji": false,
              "text": "⚠️ BackOff: Pod shop/web-0",
              "type": "plain_text",
            },
            "type": "header",
          },
          {
            "text": {
              "emoji": false,
              "text": "Back-off restarting failed container app in pod web-0_shop(00001000-0000-4000-8000-000000000000)",
              "type": "plain_text",
            },
            "type": "section",
          },
          {
            "fields": [
              {
                "emoji": false,
                "text": "Cluster
      prod",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "Namespace
      shop",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "Object
      Pod web-0",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "Node
      node-0",
                "type": "plain_text",
              },
              {
                "emoji": false,
                "text": "Component
      kubelet",
                "type": "plain_text",
              },
            ],
            "type": "section",
          },
          {
            "text": {
              "text": "<https://logs.example.com/?a=1%7C2&amp;pod=web-0|A &amp; &lt;B&gt;>",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "elements": [
              {
                "emoji": false,
                "text": "Tidings",
                "type": "plain_text",
              },
              {
                "text": "<!date^1767322800^{date_short_pretty} {time_secs}|2026-01-02T03:00:00.000Z>",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
        ],
        "link_names": false,
        "mrkdwn": false,
        "parse": "none",
        "text": "⚠️ BackOff: Pod shop/web-0",
        "unfurl_links": false,
        "unfurl_media": false,
      }
    `);
  });

  test('sends to a channel with a token', async () => {
    const server = await httpServer(api({ ok: true }));
    const { deliver } = await openSink(slackSink, byToken(`${server.origin}`));
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(server.requests[0]).toMatchObject({
      target: '/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-hidden-token' },
    });
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchObject({ channel: 'C024BE91L' });
  });

  test.each([
    ['invalid_auth', 'retry', 'unauthorized'],
    ['token_revoked', 'retry', 'unauthorized'],
    ['channel_not_found', 'retry', 'not_found'],
    ['is_archived', 'retry', 'not_found'],
    ['ratelimited', 'retry', 'rate_limited'],
    ['internal_error', 'retry', 'server_error'],
    ['msg_too_long', 'reject', 'too_large'],
    ['invalid_blocks', 'reject', 'invalid'],
    ['never_heard_of', 'reject', 'invalid'],
  ])('takes ok: false with %s for %s %s', async (error, status, reason) => {
    const server = await httpServer(api({ ok: false, error }));
    const { deliver } = await openSink(slackSink, byToken(server.origin));
    expect(await deliver()).toMatchObject([{ status, reason, problem: expect.stringContaining(error) }]);
  });

  test.each(['{"ok": "yes"}', '<html>', '[]', 'null'])('does not take %s for success', async (body) => {
    const server = await httpServer((_, response) => void response.end(body));
    const { deliver } = await openSink(slackSink, byToken(server.origin));
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'other' }]);
  });

  test.each(['{}', '{token: x}', '{channel: x}', '{url: "http://127.0.0.1/", token: x, channel: y}'])(
    'cannot be opened with %s',
    async (settings) => {
      await expect(openSink(slackSink, settings)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );

  test('lets nothing of an event be markup', async () => {
    const { sink } = await openSink(slackSink, `{url: "http://127.0.0.1/", ${LINK}}`);
    fc.assert(
      fc.property(hostileMessages, (message) => {
        const payload = JSON.parse(String(sink.encode(message).value));
        expect(payload).toMatchObject({ mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false });
        expect(payload.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        for (const text of textsOf(payload, 'mrkdwn')) {
          if (DATE.test(text)) continue;
          expect(text).toMatch(/^<https:\/\/logs\.example\.com\/\?a=1%7C2&amp;pod=[\w.%~-]*\|A &amp; &lt;B&gt;>$/);
        }
        const types = objectsOf(payload).flatMap(({ type }) => (type === undefined ? [] : [type]));
        for (const type of types) expect(['header', 'section', 'context', 'plain_text', 'mrkdwn']).toContain(type);
      }),
    );
  });

  test('keeps within the limits of blocks, whole characters only', async () => {
    const { sink } = await openSink(slackSink, 'url: http://127.0.0.1/');
    const check = (payload: { text: string; blocks: Record<string, never>[] }): void => {
      expect(payload.blocks.length).toBeLessThanOrEqual(50);
      for (const block of payload.blocks) {
        const own = textsOf({ ...block, fields: [] }, 'plain_text');
        for (const text of own) expect(text.length).toBeLessThanOrEqual(block['type'] === 'header' ? 150 : 3_000);
        const fields = textsOf(block['fields'] ?? [], 'plain_text');
        expect(fields.length).toBeLessThanOrEqual(10);
        for (const text of fields) expect(text.length).toBeLessThanOrEqual(2_000);
        for (const text of [...own, ...fields]) {
          expect(text).not.toBe('');
          expect(text.isWellFormed()).toBe(true);
        }
      }
      expect(payload.text.length).toBeLessThanOrEqual(4_000);
    };
    fc.assert(fc.property(hostileMessages, (message) => check(JSON.parse(String(sink.encode(message).value)))));
    for (const character of ['x', '😀', '&']) check(await payloadOf(longMessage(character)));
  });
});
