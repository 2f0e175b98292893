import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeHttpSink } from '../../test/contract/http-sink.contract.ts';
import { hostileMessages, longMessage } from '../../test/helpers/chat-events.ts';
import { type HttpScript, httpServer } from '../../test/helpers/http-server.ts';
import { openSink } from '../../test/helpers/open-sink.ts';
import { teamsSink } from './teams.ts';

const PATH = 'workflows/0123abcd/triggers/manual/paths/invoke?api-version=2016-06-01&sig=hidden-signature';

/** As the trigger of a flow does: https://learn.microsoft.com/azure/logic-apps/logic-apps-http-endpoint */
const accept: HttpScript = (_, response) => {
  if (response.statusCode === 200) response.statusCode = 202;
  response.end();
};

describeHttpSink(teamsSink, {
  settings: (origin) => `url: ${origin}/${PATH}`,
  secrets: ['hidden-signature'],
  accept,
});

const LINK = 'links: [{text: Logs, url: "https://logs.example.com/?pod={{ .InvolvedObject.Name }}"}]';

/** Every object within, itself included. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [Object.fromEntries(Object.entries(value)), ...Object.values(value).flatMap(objectsOf)];
}

describe('teams', () => {
  test('sends a card, and takes 202 for success', async () => {
    const server = await httpServer(accept);
    const { deliver } = await openSink(teamsSink, `{url: "${server.origin}/${PATH}", ${LINK}}`);
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      target: `/${PATH}`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    expect(JSON.parse(String(server.requests[0]?.body))).toMatchInlineSnapshot(`
      {
        "attachments": [
          {
            "content": {
              "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
              "actions": [
                {
                  "title": "Logs",
                  "type": "Action.OpenUrl",
                  "url": "https://logs.example.com/?pod=web-0",
                },
              ],
              "body": [
                {
                  "inlines": [
                    {
                      "color": "Warning",
                      "size": "Medium",
                      "text": "BackOff: Pod shop/web-0",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Back-off restarting failed container app in pod web-0_shop(00001000-0000-4000-8000-000000000000)",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Cluster: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "prod",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Namespace: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "shop",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Object: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "Pod web-0",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Node: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "node-0",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "text": "Component: ",
                      "type": "TextRun",
                      "weight": "Bolder",
                    },
                    {
                      "text": "kubelet",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
                {
                  "inlines": [
                    {
                      "isSubtle": true,
                      "size": "Small",
                      "text": "Tidings · 2026-01-02T03:00:00.000Z",
                      "type": "TextRun",
                    },
                  ],
                  "type": "RichTextBlock",
                },
              ],
              "msteams": {
                "width": "Full",
              },
              "type": "AdaptiveCard",
              "version": "1.4",
            },
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
          },
        ],
        "type": "message",
      }
    `);
  });

  test('waits as the throttled flow says', async () => {
    const server = await httpServer((_, response) => {
      response.writeHead(429, { 'retry-after': '20' });
      response.end('{"error":{"code":"WorkflowTriggerIsThrottled","message":"too many requests"}}');
    });
    const { deliver } = await openSink(teamsSink, `url: ${server.origin}/${PATH}`);
    expect(await deliver()).toMatchObject([
      { status: 'retry', reason: 'rate_limited', afterMs: 20_000, problem: expect.stringContaining('IsThrottled') },
    ]);
  });

  test('lets nothing of an event be markup, a mention or a link', async () => {
    const { sink } = await openSink(teamsSink, `{url: "http://127.0.0.1/", ${LINK}}`);
    fc.assert(
      fc.property(hostileMessages, (message) => {
        const payload = JSON.parse(String(sink.encode(message).value));
        const [{ content }] = payload.attachments;
        expect(Object.keys(payload)).toEqual(['type', 'attachments']);
        expect(content.msteams).toEqual({ width: 'Full' });
        // Those that hold text without Markdown, alone: no TextBlock, no FactSet.
        for (const { type } of content.body) expect(type).toBe('RichTextBlock');
        for (const block of content.body) {
          for (const run of block.inlines) {
            expect(run.type).toBe('TextRun');
            for (const key of Object.keys(run))
              expect(['type', 'text', 'weight', 'size', 'color', 'isSubtle']).toContain(key);
          }
        }
        for (const action of content.actions) {
          expect(action).toMatchObject({ type: 'Action.OpenUrl', title: 'Logs' });
          expect(action.url).toMatch(/^https:\/\/logs\.example\.com\/\?pod=[\w.%~-]*$/);
        }
      }),
    );
  });

  test('keeps within 28 kB, whole characters only', async () => {
    const { sink } = await openSink(teamsSink, `{url: "http://127.0.0.1/", ${LINK}}`);
    const check = (text: string): void => {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(28_000);
      const runs = objectsOf(JSON.parse(text)).flatMap(({ text: run }) => (typeof run === 'string' ? [run] : []));
      expect(runs.every((run) => run.isWellFormed())).toBe(true);
    };
    fc.assert(fc.property(hostileMessages, (message) => check(String(sink.encode(message).value))));
    for (const character of ['x', '"', '語', '😀', 'x\n']) {
      const { value } = sink.encode(longMessage(character));
      check(String(value));
      expect(Buffer.byteLength(String(value))).toBeGreaterThan(27_000);
    }
  });
});
