/**
 * Upgrades, as exec, attach and port-forward ask for them (SPDY/3.1, WebSocket): once the API server has agreed, the two
 * connections are joined, and what flows on them is nobody's business here.
 * https://www.rfc-editor.org/rfc/rfc9110.html#section-7.8
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { fields } from './forwarded-headers.ts';
import { hasBody, type OnwardRequest, onwardRequest } from './onward-request.ts';
import { type PassOptions, passAnswer } from './pass-request.ts';
import type { Upstream, UpstreamAgents } from './upstream.ts';
import { sendFailure, upstreamFailure } from './upstream-failure.ts';

const KEEP_ALIVE_MS = 30_000;

/** Whether a request is for another protocol on the same connection. HTTP/2 is none that is offered. */
export function isUpgrade(request: IncomingMessage): boolean {
  const { upgrade } = request.headers;
  return upgrade !== undefined && upgrade.toLowerCase() !== 'h2c' && !hasBody(request);
}

/** `head` is what the client sent behind its request. */
export function passUpgrade(
  request: IncomingMessage,
  head: Buffer,
  upstream: Upstream,
  { upgrades: agent }: UpstreamAgents,
  { onAnswer, onFailure }: PassOptions,
): void {
  const { socket } = request;
  const refuse = (error: unknown, isRepeatable: boolean): void => {
    onFailure(error);
    sendFailure(answerOn(request), upstreamFailure(error, isRepeatable));
  };
  let onward: OnwardRequest;
  try {
    onward = onwardRequest(request, upstream, agent, [
      'Connection',
      'Upgrade',
      'Upgrade',
      request.headers.upgrade ?? '',
    ]);
  } catch (error) {
    return refuse(error, false);
  }
  const { request: sent, wasConnected } = onward;
  const stop = (): void => void sent.destroy();
  socket.once('close', stop);
  let isAnswered = false;
  sent.once('upgrade', (answer, joined: Socket, behind: Buffer) => {
    isAnswered = true;
    socket.off('close', stop);
    onAnswer?.(answer);
    socket.write(headOf(answer), 'latin1');
    socket.write(behind);
    joined.write(head);
    join(socket, joined);
  });
  // It may refuse, in words that are for the client.
  sent.once('response', (answer) => {
    isAnswered = true;
    onAnswer?.(answer);
    passAnswer(answer, answerOn(request), onFailure);
  });
  sent.on('error', (error) => {
    if (!isAnswered && !socket.destroyed) refuse(error, !wasConnected());
  });
  sent.end();
}

/** As it came: this hop speaks the other protocol too. */
function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = fields(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`;
}

/** An ordinary answer on a connection that an upgrade was asked for on, and its last one. */
function answerOn(request: IncomingMessage): ServerResponse {
  const { socket } = request;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  socket.once('close', () => response.destroy());
  return response;
}

/** Each side may end before the other; one that breaks off breaks off both. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setTimeout(0);
    from.setNoDelay(true);
    from.setKeepAlive(true, KEEP_ALIVE_MS);
    from.on('error', () => to.destroy());
    // What it sent before it closed is still for the other.
    from.once('close', () => to.destroySoon());
    from.pipe(to);
  }
}
