/** The Tidings that runs on a data directory, by its JSON API, through the socket there. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient } from '../api/json/client.ts';
import type { ProblemDetails } from '../api/json/problem.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { adminSocket, socketPathProblem } from './admin-socket.ts';
import type { ConnectedTidings } from './connect-tidings.ts';
import { remoteProblem } from './remote-failure.ts';

/** Sent as the name that every request has, and no more than that. */
const ROOT = 'http://localhost';

/** Nothing need run there before it is asked. Its methods reject with ADMIN_FAILED when nothing does. */
export function connectSocket(dataDir: string): ConnectedTidings {
  const path = adminSocket(dataDir);
  const agent = new Agent({ keepAlive: true });
  return {
    client: createClient({ url: ROOT, fetch: (target, init) => ask({ path, agent }, target.slice(ROOT.length), init) }),
    close: async () => agent.destroy(),
  };
}

interface Socket {
  readonly path: string;
  readonly agent: Agent;
}

/** As `fetch`, for what the client sends; what is no success is thrown. */
async function ask(socket: Socket, path: string, init: RequestInit): Promise<Response> {
  const incoming = await send(socket, path, init);
  const { statusCode = 0, headers } = incoming;
  if (statusCode !== 200) throw await refusal(incoming);
  const type = String(headers['content-type']);
  return new Response(ReadableStream.from(unbroken(incoming, path, init)), { headers: { 'Content-Type': type } });
}

async function send({ path: socketPath, agent }: Socket, path: string, init: RequestInit): Promise<IncomingMessage> {
  const problem = socketPathProblem(socketPath);
  if (problem !== undefined) {
    throw new AppError('ADMIN_FAILED', `connect to ${socketPath}: ${problem}`, {
      hint: 'Administration of a Tidings that runs there is off. Choose a shorter --data directory, for `tidings run` too.',
    });
  }
  const { method = 'GET', headers, body, signal } = init;
  return new Promise((resolve, reject) => {
    const options = { socketPath, agent, path, method, headers: Object.fromEntries(new Headers(headers)) };
    const asked = request({ ...options, ...(signal && { signal }) }, resolve);
    asked.on('error', (cause) => reject(signal?.aborted ? signal.reason : unreachable(socketPath, cause)));
    asked.end(body);
  });
}

function unreachable(socketPath: string, cause: Error): AppError {
  const code = 'code' in cause ? cause.code : undefined;
  const isAbsent = code === 'ENOENT' || code === 'ECONNREFUSED';
  const found = isAbsent ? 'no Tidings runs on this data directory' : messageOf(cause);
  return new AppError('ADMIN_FAILED', `connect to ${socketPath}: ${found}`, {
    cause,
    ...(isAbsent && { hint: 'Start `tidings run`, or name its --data directory.' }),
  });
}

/** The same program, or one of its versions, wrote it. */
async function refusal(incoming: IncomingMessage): Promise<AppError> {
  const said = await text(incoming);
  if (incoming.headers['content-type'] === 'application/problem+json')
    return remoteProblem(JSON.parse(said) as ProblemDetails);
  const hint = 'Is it of the same version?';
  return new AppError('ADMIN_FAILED', `ask the Tidings that runs here: found an answer ${incoming.statusCode}`, {
    hint,
  });
}

async function* unbroken(incoming: IncomingMessage, path: string, { method = 'GET', signal }: RequestInit) {
  try {
    yield* incoming as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new AppError('ADMIN_FAILED', `${method} ${path}: the answer ended early, as when Tidings is stopped`, {
      cause,
    });
  }
}
