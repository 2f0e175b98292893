/** The words in which the failures of HTTP sinks are told. */
import type { Received } from './_http-exchange.ts';
import { longestForm, redacted, shownUrl } from './_http-redaction.ts';

/** What a failure may say, without the name of the request. */
const MAX_LENGTH = 1_000;
/** Of an answer that explains a status: a line or two of a log. */
const EXCERPT_LENGTH = 400;
/** What a sink gets of an answer that explains a status. */
const ANSWER_BYTES = 1_024;

export interface Action {
  readonly method: string;
  readonly url: URL;
  readonly proxy: URL | undefined;
}

/** `POST https://host/path by proxy other:3128: found`, on one line, without the secrets. */
export function requestProblem({ method, url, proxy }: Action, found: string, secrets: readonly string[]): string {
  const way = proxy ? ` by proxy ${proxy.host}` : '';
  const masked = redacted(found, secrets)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return redacted(`${method} ${shownUrl(url)}${way}: ${shortened(masked, MAX_LENGTH)}`, secrets);
}

/** What was found in the words of the answer: its title, where it leads, and the beginning of its body. */
export function answerFound(title: string, { status, headers, body }: Omit<Received, 'end'>, url: URL): string {
  const [target] = [headers['location']].flat();
  const isRedirect = status >= 300 && status <= 399 && target !== undefined;
  const led = isRedirect
    ? ` to ${shownTarget(target, url)}, which is not followed; want the URL that answers itself`
    : '';
  const text = isRedirect ? '' : body.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return `${title}${led}${text === '' ? '' : `: ${shortened(text, EXCERPT_LENGTH)}`}`;
}

/** The body as text without secrets, not even the beginning of one that the limit has cut. */
export function maskedBody({ body, end }: Received, secrets: readonly string[]): string {
  const masked = redacted(body, secrets);
  if (end === 'whole') return masked;
  return masked.slice(0, Math.min(ANSWER_BYTES, Math.max(0, masked.length - longestForm(secrets))));
}

/** How much of an answer that is not 2xx is read, so that it is enough without a secret that the limit cuts. */
export function errorAnswerBytes(secrets: readonly string[]): number {
  // A character is up to 4 bytes of UTF-8.
  return ANSWER_BYTES + 4 * longestForm(secrets);
}

function shownTarget(target: string, url: URL): string {
  return URL.canParse(target, url.href) ? shownUrl(new URL(target, url)) : 'something that is no URL';
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
