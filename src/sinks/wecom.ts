/**
 * Sends messages to WeCom: to a group by its robot (https://developer.work.weixin.qq.com/document/path/91770), or to
 * people by an application (https://developer.work.weixin.qq.com/document/path/90236).
 *
 * It answers 200 whatever became of the message, and says that in `errcode`. Who is mentioned the content says as
 * `<@userid>`: no `<` of an event gets there.
 */
import * as v from 'valibot';
import { defineSink, type Outcome, type SinkContext } from '../component/sink.ts';
import { integer, secret, string, url } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { type ChatMessage, chatFormatConfig, createChatFormat } from '../formats/chat-message.ts';
import { fittingMessage } from './_chat-fit.ts';
import { boundedMessage, chatMarkdown } from './_chat-markdown.ts';
import { CHAT_DELIVERY, CHAT_LIMITS, chatSink } from './_chat-sink.ts';
import { type AnswerCode, answerOutcome, type CodeVerdict, jsonObject } from './_http-answer-code.ts';
import { createHttpClient, type HttpClient, type HttpRequest, httpUrl } from './_http-client.ts';
import { httpConnectionConfig } from './_http-connections.ts';
import { SendPace } from './_send-pace.ts';

const config = {
  url: v.exactOptional(httpUrl('The URL of the robot of a group; or set `corpid`, `secret` and `agentid`.')),
  corpid: v.exactOptional(string('The ID of the organization.')),
  secret: v.exactOptional(secret('The secret of the application.')),
  agentid: v.exactOptional(integer('The ID of the application.', { minimum: 1 })),
  touser: v.optional(string('Who gets the messages of the application: user IDs with `|` between them.'), '@all'),
  apiUrl: v.optional(url('Where the API is, for applications.'), 'https://qyapi.weixin.qq.com'),
  ...chatFormatConfig,
  ...httpConnectionConfig,
};

type Config = v.InferOutput<v.StrictObjectSchema<typeof config, undefined>>;

interface Way {
  readonly url: string;
  readonly maxContent: number;
  readonly pace: SendPace;
  readonly frame: object;
}

// Bytes of UTF-8: https://developer.work.weixin.qq.com/document/path/91770#markdown类型
const ROBOT_MAX_CONTENT = 4_096;
// Bytes of UTF-8: https://developer.work.weixin.qq.com/document/path/90236#markdown消息
const APPLICATION_MAX_CONTENT = 2_048;
// https://developer.work.weixin.qq.com/document/path/91770#消息发送频率限制
const ROBOT_PACE = [{ count: 20, ms: 60_000 }];
// For each who gets them; more are dropped without a word: https://developer.work.weixin.qq.com/document/path/90236
const APPLICATION_PACE = [
  { count: 30, ms: 60_000 },
  { count: 1_000, ms: 3_600_000 },
];
/** What limits there are by the minute: https://developer.work.weixin.qq.com/document/path/90312 */
const THROTTLED_MS = 60_000;

const HEADERS = { 'content-type': 'application/json; charset=utf-8' };

export const wecomSink = defineSink({
  type: 'wecom',
  summary: 'Sends each event as a message to WeCom: to a group by its robot, or to people by an application.',
  delivery: `${CHAT_DELIVERY} A robot takes 20 messages a minute, an application 30 and 1000 an hour: others wait.`,
  config,
  limits: CHAT_LIMITS,
  concurrency: 1,
  examples: [
    {
      title: 'To a group, by its robot',
      config: `url: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=\${WECOM_KEY}\n`,
    },
    {
      title: 'To everybody who sees an application',
      config: `corpid: ww0123456789abcdef
secret: \${WECOM_SECRET}
agentid: 1000002
`,
    },
  ],
  async create(settings, context) {
    const token = tokenRequest(settings, context);
    const way = token ? applicationWay(settings) : robotWay(settings.url ?? '');
    const secrets = settings.secret === undefined ? [] : [settings.secret];
    const client = await createHttpClient(settings, way.url, context, { secrets });
    const application = token && new ApplicationToken(client, token);
    const post = async (target: string, body: string, signal: AbortSignal): Promise<Outcome> => {
      const request: HttpRequest = { url: target, headers: HEADERS, body, wholeAnswer: true };
      return answerOutcome(client, request, await client.send(request, signal), readAnswer);
    };
    return chatSink({
      format: createChatFormat(settings, context),
      render: (message) => render(message, way),
      async send(body, signal) {
        const early = way.pace.take((found) => client.problem({ url: way.url }, found));
        if (early) return early;
        return application
          ? application.use(
              (value) => post(`${way.url}?access_token=${encodeURIComponent(value)}`, body, signal),
              signal,
            )
          : post(way.url, body, signal);
      },
      close: () => client.close(),
    });
  },
});

/** https://developer.work.weixin.qq.com/document/path/91039; undefined for a robot. Throws what is wrong with the settings. */
function tokenRequest({ url: robot, corpid, secret: key, agentid, apiUrl }: Config, { name }: SinkContext) {
  const isRobot = corpid === undefined && key === undefined && agentid === undefined;
  if (robot !== undefined && isRobot) return undefined;
  if (robot !== undefined || corpid === undefined || key === undefined || agentid === undefined) {
    throw new AppError('CONFIG_INVALID', `open sink ${name}: want either url, or corpid, secret and agentid`);
  }
  const query = new URLSearchParams({ corpid, corpsecret: key });
  return { method: 'GET', url: `${apiUrl.replace(/\/$/, '')}/cgi-bin/gettoken?${query.toString()}`, wholeAnswer: true };
}

function robotWay(address: string): Way {
  return { url: address, maxContent: ROBOT_MAX_CONTENT, pace: new SendPace(ROBOT_PACE), frame: {} };
}

function applicationWay({ apiUrl, touser, agentid }: Config): Way {
  const address = `${apiUrl.replace(/\/$/, '')}/cgi-bin/message/send`;
  return {
    url: address,
    maxContent: APPLICATION_MAX_CONTENT,
    pace: new SendPace(APPLICATION_PACE),
    frame: { touser, agentid },
  };
}

function render(message: ChatMessage, { maxContent, frame }: Way): string {
  const content = (candidate: ChatMessage): string => chatMarkdown(candidate, '\n');
  const fits = (candidate: ChatMessage): boolean => Buffer.byteLength(content(candidate)) <= maxContent;
  const fitting = fittingMessage(boundedMessage(message, maxContent), fits);
  return JSON.stringify({ ...frame, msgtype: 'markdown', markdown: { content: content(fitting) } });
}

/** The token of an application: the same for hours, fetched again when it is refused. */
class ApplicationToken {
  readonly #client: HttpClient;
  readonly #request: HttpRequest;
  #value: { readonly token: string; readonly until: number } | undefined;

  constructor(client: HttpClient, request: HttpRequest) {
    this.#client = client;
    this.#request = request;
  }

  /** Sends with the token, and once more with another when it is not taken any more. */
  async use(send: (token: string) => Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
    const kept = this.#value;
    const token = kept && kept.until > performance.now() ? kept.token : undefined;
    const first = token ?? (await this.#fetch(signal));
    if (typeof first !== 'string') return first;
    const outcome = await send(first);
    if (outcome.status !== 'retry' || outcome.reason !== 'unauthorized') return outcome;
    this.#value = undefined;
    // One that was fetched just now is not the reason.
    if (token === undefined) return outcome;
    const second = await this.#fetch(signal);
    return typeof second === 'string' ? send(second) : second;
  }

  async #fetch(signal: AbortSignal): Promise<string | Outcome> {
    const result = await this.#client.send(this.#request, signal);
    const outcome = answerOutcome(this.#client, this.#request, result, readAnswer);
    if (outcome.status !== 'ok') return outcome;
    const { access_token: token, expires_in: seconds } = jsonObject(result.answer?.body ?? '');
    if (typeof token !== 'string' || token === '') {
      const problem = this.#client.problem(this.#request, 'found an answer without access_token');
      return { status: 'retry', reason: 'unauthorized', problem };
    }
    const lifeMs = (typeof seconds === 'number' ? seconds : 0) * 1_000;
    this.#value = { token, until: performance.now() + lifeMs };
    return token;
  }
}

const UNAUTHORIZED: CodeVerdict = { status: 'retry', reason: 'unauthorized' };
const NOT_FOUND: CodeVerdict = { status: 'retry', reason: 'not_found' };
const RATE_LIMITED: CodeVerdict = { status: 'retry', reason: 'rate_limited', afterMs: THROTTLED_MS };
const TOO_LARGE: CodeVerdict = { status: 'reject', reason: 'too_large' };

/** https://developer.work.weixin.qq.com/document/path/90313; others are about the message. */
const CODES: ReadonlyMap<number, CodeVerdict> = new Map([
  [-1, { status: 'retry', reason: 'server_error' }],
  // Secret, organization, token: wrong, absent or expired.
  ...[40001, 40013, 40014, 41001, 41002, 41004, 42001].map((code) => [code, UNAUTHORIZED] as const),
  // The application, its rights, and the addresses it may be used from.
  ...[40056, 41011, 48002, 50001, 50003, 60011, 60020, 301002].map((code) => [code, UNAUTHORIZED] as const),
  // The robot is no more; nobody of those addressed sees the application.
  ...[81013, 93000].map((code) => [code, NOT_FOUND] as const),
  ...[45009, 45033].map((code) => [code, RATE_LIMITED] as const),
  [45002, TOO_LARGE],
]);

function readAnswer({ errcode, errmsg }: Readonly<Record<string, unknown>>): AnswerCode | undefined {
  if (typeof errcode !== 'number') return undefined;
  const text = `found errcode ${errcode}: ${typeof errmsg === 'string' ? errmsg : ''}`;
  return errcode === 0 ? { text } : { text, verdict: CODES.get(errcode) ?? { status: 'reject', reason: 'invalid' } };
}
