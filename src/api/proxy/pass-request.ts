/** A request and its answer, passed through as streams: neither side can be faster than the other takes it. */
import type { IncomingMessage, InformationEvent, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { endToEnd, fields } from './forwarded-headers.ts';
import { hasBody, type OnwardRequest, onwardRequest, sendHead } from './onward-request.ts';
import type { Upstream, UpstreamAgents } from './upstream.ts';
import { sendFailure, upstreamFailure } from './upstream-failure.ts';

export interface PassOptions {
  /** Called with the answer before it is handed on; may listen to its body too. */
  readonly onAnswer?: (answer: IncomingMessage) => void;
  /** Called when the API server could not be reached, or did not answer. */
  readonly onFailure: (error: unknown) => void;
}

/** Requests that do nothing, and so may be made again: https://www.rfc-editor.org/rfc/rfc9110.html#section-9.2.1 */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Returns at once; what goes wrong is told to both sides in the way they know. */
export function passRequest(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  agents: UpstreamAgents,
  options: PassOptions,
): void {
  const isSafe = SAFE.has(request.method ?? '');
  let onward: OnwardRequest;
  try {
    onward = onwardRequest(request, upstream, agents.requests);
  } catch (error) {
    options.onFailure(error);
    return sendFailure(response, upstreamFailure(error, false));
  }
  const { request: sent, wasConnected } = onward;
  const stop = (): void => {
    if (!response.writableFinished) sent.destroy();
  };
  response.once('close', stop);
  let isAnswered = false;
  sent.on('information', (early) => passInformation(early, response));
  sent.once('response', (answer) => {
    isAnswered = true;
    options.onAnswer?.(answer);
    passAnswer(answer, response, options.onFailure);
  });
  // Nobody has asked for one; without a listener Node would say nothing more.
  sent.once('upgrade', (_answer, joined: Socket) => {
    joined.destroy();
    const error = new Error('found another protocol, want an answer');
    options.onFailure(error);
    sendFailure(response, upstreamFailure(error, false));
  });
  sent.on('error', (error) => {
    // An answer may come before all of the request was taken; it tells of its own end.
    if (isAnswered || response.destroyed) return;
    response.off('close', stop);
    // A connection that was kept may have been closed while the request was on its way.
    if (sent.reusedSocket && isSafe && !hasBody(request)) {
      return passRequest(request, response, upstream, agents, options);
    }
    request.unpipe(sent);
    options.onFailure(error);
    sendFailure(response, upstreamFailure(error, isSafe || !wasConnected()));
  });
  if (!hasBody(request)) sent.end();
  else {
    // The API server may want to judge the request before its body comes.
    sendHead(sent);
    request.pipe(sent);
  }
}

/** Hands an answer on as it comes, its trailers at its end. A side that breaks off breaks off the other. */
export function passAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  onFailure: PassOptions['onFailure'],
): void {
  response.sendDate = false;
  try {
    response.writeHead(answer.statusCode ?? 0, answer.statusMessage, endToEnd(answer.rawHeaders));
  } catch (error) {
    // What a parser takes is a little more than what may be sent.
    answer.destroy();
    response.statusMessage = '';
    onFailure(error);
    return sendFailure(response, upstreamFailure(error, false));
  }
  // Watches have nothing to say at first.
  sendHead(response);
  answer.once('end', () => {
    if (answer.rawTrailers.length > 0) response.addTrailers(fields(answer.rawTrailers));
  });
  pipeline(answer, response, () => {});
}

/** https://www.rfc-editor.org/rfc/rfc9110.html#section-15.2: what the API server says before its answer. */
function passInformation({ statusCode, statusMessage, rawHeaders }: InformationEvent, response: ServerResponse): void {
  if (response.headersSent) return;
  if (statusCode === 100) return response.writeContinue();
  const lines = fields(endToEnd(rawHeaders)).map(([name, value]) => `${name}: ${value}\r\n`);
  response.socket?.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`, 'latin1');
}
