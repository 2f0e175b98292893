/**
 * Sends messages to a group of DingTalk, by a custom robot: https://open.dingtalk.com/document/orgapp/custom-robot-access
 *
 * It answers 200 whatever became of the message, and says that in `errcode`. Mentions are made by `at` alone.
 */
import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { defineSink } from '../component/sink.ts';
import { secret } from '../config/fields.ts';
import { type ChatMessage, chatFormatConfig, createChatFormat } from '../formats/chat-message.ts';
import { fittingMessage } from './_chat-fit.ts';
import { boundedMessage, chatMarkdown, literalMarkdown } from './_chat-markdown.ts';
import { CHAT_DELIVERY, CHAT_LIMITS, chatSink } from './_chat-sink.ts';
import { type AnswerCode, answerOutcome, type CodeVerdict } from './_http-answer-code.ts';
import { createHttpClient, type HttpRequest, httpUrl } from './_http-client.ts';
import { httpConnectionConfig } from './_http-connections.ts';
import { SendPace } from './_send-pace.ts';

const config = {
  url: httpUrl('The URL of the robot, with its access_token.'),
  secret: v.exactOptional(
    secret('The key by which requests are signed, where the robot wants that; it begins with SEC.'),
  ),
  ...chatFormatConfig,
  ...httpConnectionConfig,
};

// Of a request: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
const MAX_BYTES = 20_000;
// Who sends more is not heard for ten minutes: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
const PACE = { count: 20, ms: 60_000 };
const THROTTLED_MS = 600_000;

export const dingtalkSink = defineSink({
  type: 'dingtalk',
  summary: 'Sends each event as a message to a group of DingTalk, by a custom robot.',
  delivery: `${CHAT_DELIVERY} A robot takes 20 messages a minute: others wait.`,
  config,
  limits: CHAT_LIMITS,
  concurrency: 1,
  examples: [
    {
      title: 'By a robot that wants signatures',
      config: `url: https://oapi.dingtalk.com/robot/send?access_token=\${DINGTALK_TOKEN}
secret: \${DINGTALK_SECRET}
`,
    },
  ],
  async create(settings, context) {
    const { url, secret: key } = settings;
    const client = await createHttpClient(settings, url, context, key === undefined ? {} : { secrets: [key] });
    const pace = new SendPace([PACE]);
    return chatSink({
      format: createChatFormat(settings, context),
      render,
      async send(body, signal) {
        const headers = { 'content-type': 'application/json; charset=utf-8' };
        const target = key === undefined ? url : signedUrl(url, key, Date.now());
        const request: HttpRequest = { url: target, headers, body, wholeAnswer: true };
        const early = pace.take((found) => client.problem(request, found));
        return early ?? answerOutcome(client, request, await client.send(request, signal), readAnswer);
      },
      close: () => client.close(),
    });
  },
});

/** https://open.dingtalk.com/document/orgapp/customize-robot-security-settings */
function signedUrl(url: string, key: string, now: number): string {
  const signed = new URL(url);
  signed.searchParams.set('timestamp', String(now));
  signed.searchParams.set('sign', createHmac('sha256', key).update(`${now}\n${key}`).digest('base64'));
  return signed.href;
}

function render(message: ChatMessage): string {
  const written = (candidate: ChatMessage): string => JSON.stringify(payload(candidate));
  const fits = (candidate: ChatMessage): boolean => Buffer.byteLength(written(candidate)) <= MAX_BYTES;
  return written(fittingMessage(boundedMessage(message, MAX_BYTES), fits));
}

function payload(message: ChatMessage) {
  return {
    msgtype: 'markdown',
    // The title is what a notification shows. One line break is none in its Markdown.
    markdown: { title: literalMarkdown(message.title), text: chatMarkdown(message, '\n\n') },
    at: { isAtAll: false },
  };
}

const UNAUTHORIZED: CodeVerdict = { status: 'retry', reason: 'unauthorized' };
const NOT_FOUND: CodeVerdict = { status: 'retry', reason: 'not_found' };
const INVALID: CodeVerdict = { status: 'reject', reason: 'invalid' };
const RATE_LIMITED: CodeVerdict = { status: 'retry', reason: 'rate_limited', afterMs: THROTTLED_MS };

/** https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages#error-code; others are about the message. */
const CODES: ReadonlyMap<number, CodeVerdict> = new Map([
  [-1, { status: 'retry', reason: 'server_error' }],
  [130101, RATE_LIMITED],
  [410100, RATE_LIMITED],
  // The signature, the timestamp or the address; see `readAnswer` for keywords.
  [310000, UNAUTHORIZED],
  // The token is not one; the robot was stopped, or removed; the group is no more.
  [300001, UNAUTHORIZED],
  [300005, UNAUTHORIZED],
  [400101, UNAUTHORIZED],
  [400102, NOT_FOUND],
  [400106, NOT_FOUND],
  [400013, NOT_FOUND],
  [460101, { status: 'reject', reason: 'too_large' }],
]);

function readAnswer({ errcode, errmsg }: Readonly<Record<string, unknown>>): AnswerCode | undefined {
  if (typeof errcode !== 'number') return undefined;
  const text = `found errcode ${errcode}: ${typeof errmsg === 'string' ? errmsg : ''}`;
  if (errcode === 0) return { text };
  // A robot that wants keywords will never take this message; others that hold one it does.
  const isKeyword = errcode === 310000 && text.includes('keyword');
  return { text, verdict: isKeyword ? INVALID : (CODES.get(errcode) ?? INVALID) };
}
