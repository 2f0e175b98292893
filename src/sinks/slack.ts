/**
 * Sends messages to Slack, by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)
 * or to a channel with a token (https://docs.slack.dev/reference/methods/chat.postMessage).
 *
 * What comes from an event is `plain_text`, in which Slack looks for no markup. The only `mrkdwn` holds times and links of
 * the configuration, with its three control characters escaped:
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
import * as v from 'valibot';
import { defineSink, type SinkContext } from '../component/sink.ts';
import { secret, string, url } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { type ChatField, type ChatMessage, chatFormatConfig, createChatFormat } from '../formats/chat-message.ts';
import { cutText } from '../formats/cut-text.ts';
import { CHAT_DELIVERY, CHAT_LIMITS, chatSink, SEVERITY_SIGNS } from './_chat-sink.ts';
import { type AnswerCode, answerOutcome, type CodeVerdict } from './_http-answer-code.ts';
import { createHttpClient, type HttpRequest, httpUrl } from './_http-client.ts';
import { httpConnectionConfig } from './_http-connections.ts';

const config = {
  url: v.exactOptional(httpUrl('The URL of an incoming webhook; or set `token` and `channel`.')),
  token: v.exactOptional(secret('A token of the app, with the scope chat:write.')),
  channel: v.exactOptional(string('The ID of the channel, which the app has joined, such as C024BE91L.')),
  apiUrl: v.optional(url('Where the API is, for `token`.'), 'https://slack.com/api'),
  ...chatFormatConfig,
  ...httpConnectionConfig,
};

type Config = v.InferOutput<v.StrictObjectSchema<typeof config, undefined>>;

// https://docs.slack.dev/reference/block-kit/blocks/header-block
const MAX_HEADER = 150;
// https://docs.slack.dev/reference/block-kit/blocks/section-block
const MAX_SECTION = 3_000;
const MAX_FIELD = 2_000;
const FIELDS_OF_SECTION = 10;
/** What people still read; far from the 50 blocks of https://docs.slack.dev/reference/block-kit/blocks */
const MAX_FIELDS = 20;
const MAX_LINKS = 20;

export const slackSink = defineSink({
  type: 'slack',
  summary: 'Sends each event as a message to a channel of Slack.',
  delivery: `${CHAT_DELIVERY} Slack takes about one message a second for a channel, and says how long to wait.`,
  config,
  limits: CHAT_LIMITS,
  concurrency: 1,
  examples: [
    {
      title: 'By an incoming webhook',
      config: `url: https://hooks.slack.com/services/T024BE7LD/B024BE7LH/\${SLACK_WEBHOOK}\n`,
    },
    {
      title: 'With a token, and a link to the logs',
      config: `token: \${SLACK_TOKEN}
channel: C024BE91L
links:
  - text: Logs
    url: https://logs.example.com/?pod={{ .InvolvedObject.Name }}
`,
    },
  ],
  async create(settings, context) {
    const { request, auth } = target(settings, context);
    const client = await createHttpClient({ ...settings, ...auth }, request.url, context);
    return chatSink({
      format: createChatFormat(settings, context),
      render: (message) => JSON.stringify({ ...(auth && { channel: settings.channel }), ...payload(message) }),
      async send(body, signal) {
        const sent: HttpRequest = { ...request, body };
        const result = await client.send(sent, signal);
        if (auth) return answerOutcome(client, sent, result, readAnswer);
        // What was archived by mistake is brought back:
        // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
        const { outcome, answer } = result;
        return outcome.status === 'reject' && answer?.status === 410
          ? { ...outcome, status: 'retry', reason: 'not_found' }
          : outcome;
      },
      close: () => client.close(),
    });
  },
});

function target({ url: webhook, token, channel, apiUrl }: Config, { name }: SinkContext) {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  if (webhook !== undefined && token === undefined && channel === undefined)
    return { request: { url: webhook, headers } };
  if (webhook === undefined && token !== undefined && channel !== undefined) {
    const request = { url: `${apiUrl.replace(/\/$/, '')}/chat.postMessage`, headers, wholeAnswer: true };
    return { request, auth: { auth: { bearerToken: token } } };
  }
  throw new AppError('CONFIG_INVALID', `open sink ${name}: want either url, or token and channel`);
}

function payload(message: ChatMessage) {
  const { text, fields, links, severity } = message;
  const title = cutText(`${SEVERITY_SIGNS[severity]}${message.title}`, MAX_HEADER, 'utf16');
  const kept = fields.slice(0, MAX_FIELDS);
  const short = kept.filter((field) => field.short).map(fieldText);
  const long = kept.filter((field) => !field.short).map(fieldText);
  return {
    // What a notification shows, and readers that know no blocks.
    text: escaped(title),
    mrkdwn: false,
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title) },
      ...(text === '' ? [] : [{ type: 'section', text: plain(cutText(text, MAX_SECTION, 'utf16')) }]),
      ...chunks(short, FIELDS_OF_SECTION).map((part) => ({ type: 'section', fields: part })),
      ...long.map((field) => ({ type: 'section', text: field })),
      ...links
        .map(({ text: label, url: address }) => linkText(label, address))
        .filter((link) => link.length <= MAX_SECTION)
        .slice(0, MAX_LINKS)
        .map((link) => ({ type: 'section', text: { type: 'mrkdwn', text: link, verbatim: true } })),
      {
        type: 'context',
        elements: [
          plain(cutText(message.footer, MAX_FIELD, 'utf16')),
          { type: 'mrkdwn', text: dateText(message.time), verbatim: true },
        ],
      },
    ],
  };
}

function plain(text: string) {
  return { type: 'plain_text', text, emoji: false };
}

function fieldText({ name, value }: ChatField) {
  return plain(cutText(`${name}\n${value}`, MAX_FIELD, 'utf16'));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function linkText(label: string, address: string): string {
  const target = address.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('&', '&amp;');
  return `<${target}|${escaped(label)}>`;
}

/** In the time zone of whoever reads: https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
function dateText(time: number): string {
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} {time_secs}|${new Date(time).toISOString()}>`;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

const UNAUTHORIZED: CodeVerdict = { status: 'retry', reason: 'unauthorized' };
const NOT_FOUND: CodeVerdict = { status: 'retry', reason: 'not_found' };
const SERVER_ERROR: CodeVerdict = { status: 'retry', reason: 'server_error' };
const RATE_LIMITED: CodeVerdict = { status: 'retry', reason: 'rate_limited' };
const TOO_LARGE: CodeVerdict = { status: 'reject', reason: 'too_large' };

/** https://docs.slack.dev/reference/methods/chat.postMessage#errors; every other is about the message. */
const ERRORS: ReadonlyMap<string, CodeVerdict> = new Map([
  ...[
    'access_denied',
    'account_inactive',
    'ekm_access_denied',
    'enterprise_is_restricted',
    'invalid_auth',
    'missing_scope',
    'no_permission',
    'not_allowed_token_type',
    'not_authed',
    'org_login_required',
    'restricted_action',
    'restricted_action_read_only_channel',
    'team_access_not_granted',
    'token_expired',
    'token_revoked',
    'two_factor_setup_required',
  ].map((error) => [error, UNAUTHORIZED] as const),
  ...['channel_not_found', 'is_archived', 'not_in_channel'].map((error) => [error, NOT_FOUND] as const),
  ...['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable', 'team_added_to_org'].map(
    (error) => [error, SERVER_ERROR] as const,
  ),
  ...['message_limit_exceeded', 'rate_limited', 'ratelimited'].map((error) => [error, RATE_LIMITED] as const),
  ...['msg_blocks_too_long', 'msg_too_long'].map((error) => [error, TOO_LARGE] as const),
]);

function readAnswer({ ok, error }: Readonly<Record<string, unknown>>): AnswerCode | undefined {
  if (ok === true) return { text: 'ok' };
  if (ok !== false || typeof error !== 'string') return undefined;
  return { text: `found ${error}`, verdict: ERRORS.get(error) ?? { status: 'reject', reason: 'invalid' } };
}
