/** A Tidings elsewhere, by its JSON API, as the user of a kubeconfig's context. */
import { createClient } from '../api/json/client.ts';
import type { ProblemDetails } from '../api/json/problem.ts';
import { AppError } from '../core/errors.ts';
import type { ApiResponse } from '../sources/kubernetes/api-response.ts';
import { createClient as createConnection, type KubernetesClient } from '../sources/kubernetes/client.ts';
import {
  NO_CREDENTIALS,
  type OtherServerOptions,
  otherServer,
  TOKEN_FILE,
} from '../sources/kubernetes/other-server.ts';
import { connectionProblem } from '../util/connection-problem.ts';
import { RemoteFailure, remoteProblem } from './remote-failure.ts';
import { USER_AGENT } from './version.ts';

export type TidingsAddress = OtherServerOptions;

export interface ConnectedTidings {
  /** Its methods reject with an AppError alone, and with the signal's reason when it is aborted. */
  readonly client: ReturnType<typeof createClient>;
  /** Ends everything under way. */
  close(): Promise<void>;
}

/** Rejects with the AppError that says what cannot be used of the settings; the other Tidings may be down. */
export async function connectTidings(address: TidingsAddress): Promise<ConnectedTidings> {
  const { config, credentials } = await otherServer(address);
  const connection = createConnection(config, { userAgent: USER_AGENT, env: address.env });
  const { server, proxyUrl } = config;
  const place = proxyUrl === undefined ? server : `${server} by proxy ${new URL(proxyUrl).host}`;
  const remote: Remote = { url: server, place, credentials, connection };
  return {
    client: createClient({ url: server, fetch: (target, init) => ask(remote, target, init) }),
    close: () => connection.close(),
  };
}

interface Remote {
  readonly url: string;
  /** With the proxy that may be to blame. */
  readonly place: string;
  readonly credentials: string;
  readonly connection: KubernetesClient;
}

/** Whatever is streamed has a line at least every ten seconds. */
const SILENCE_MS = 60_000;

/** As `fetch`, for what the client sends; what is no success is thrown. */
async function ask(remote: Remote, target: string, { method, headers, body, signal }: RequestInit): Promise<Response> {
  const path = target.slice(remote.url.length);
  const response = await remote.connection
    .request(path, {
      method: (method ?? 'GET') as 'GET' | 'POST',
      ...(typeof body === 'string' && { body: JSON.parse(body) as unknown }),
      accept: new Headers(headers).get('accept') ?? 'application/json',
      gzip: true,
      bodyTimeoutMs: SILENCE_MS,
      ...(signal && { signal }),
    })
    .catch((error: unknown) => {
      throw unreachable(remote, error);
    });
  const { status, body: answer } = response;
  if (status < 200 || status > 299) throw await refusal(remote, response);
  const text = ReadableStream.from(unbroken(remote, answer, signal ?? undefined));
  return new Response(text, { status, headers: { 'Content-Type': String(response.headers['content-type']) } });
}

async function* unbroken(remote: Remote, body: ApiResponse['body'], signal: AbortSignal | undefined) {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw unreachable(remote, error);
  }
}

const CERTIFICATE_HINTS = {
  authority: 'Name the authority that has signed it by --certificate-authority.',
  name: 'Use one of its names in --url.',
};
const NO_TIDINGS = 'Something else answers there: --url is the address of `tidings run` or `tidings serve`.';

/** What was thrown where there was no answer, or no such answer. */
function unreachable({ url, place }: Remote, error: unknown): unknown {
  if (error instanceof AppError && error.code !== 'API_REQUEST_FAILED') return error;
  const cause = error instanceof AppError ? error.cause : error;
  // Anything else than a request that has failed says that what came is none of what was wanted.
  if (error instanceof AppError && cause === undefined) {
    const found = error.message.slice(error.message.indexOf(': ') + 2);
    return new RemoteFailure(`ask the Tidings at ${url}: ${found}`, { status: 200, hint: NO_TIDINGS });
  }
  const { code, found, certificate, hint } = connectionProblem(cause);
  const advice = certificate ? CERTIFICATE_HINTS[certificate] : code === 'ECONNREFUSED' ? REFUSED_HINT : hint;
  return new RemoteFailure(`connect to the Tidings at ${place}: ${found}`, {
    cause,
    ...(advice !== undefined && { hint: advice }),
  });
}

const REFUSED_HINT = 'Does it run, with this address as its --listen?';
/** Of an answer that is no problem of the JSON API. */
const MAX_EXCERPT = 200;

async function refusal({ url, credentials }: Remote, response: ApiResponse): Promise<AppError> {
  const { status, headers } = response;
  const type = String(headers['content-type'] ?? 'no type');
  const text = await textOf(response);
  const problem = type.startsWith('application/problem+json') ? parsed(text) : undefined;
  if (!problem) {
    const said = type.startsWith('text/plain') ? `: ${text.slice(0, MAX_EXCERPT).trim()}` : ` of type ${type}`;
    const message = `ask the Tidings at ${url}: found an answer ${status}${said}`;
    return new RemoteFailure(message, { status, hint: NO_TIDINGS });
  }
  const said = remoteProblem(problem);
  if (said.code !== 'REMOTE_FAILED') return said;
  const hint = hintOf(problem, credentials);
  const asWhom = status === 401 || status === 403 ? ` with ${credentials}` : '';
  const message = `ask the Tidings at ${url}${asWhom}: ${problem.detail} (${status})`;
  return new RemoteFailure(message, { status, ...(hint !== undefined && { hint }) });
}

/** Undefined for what broke off, or is too long for one. */
function parsed(text: string): ProblemDetails | undefined {
  try {
    return JSON.parse(text) as ProblemDetails;
  } catch {
    return undefined;
  }
}

function hintOf({ status, hint }: ProblemDetails, credentials: string): string | undefined {
  if (status !== 401) return hint?.replace('namespace=', '--namespace');
  if (credentials === NO_CREDENTIALS)
    return 'Name a context of the kubeconfig by --context, or a token by --token-file; they are sent to an https URL.';
  if (credentials === TOKEN_FILE) return 'Is it the one of its --read-token-file, or of a user of the cluster it asks?';
  return 'Are they of the cluster whose users this Tidings knows? Another one is chosen by --context.';
}

/** A problem is a few hundred bytes. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** As much of it as a problem can be, without what was sent to prove who asks. */
async function textOf({ body, secret }: ApiResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status alone says enough.
  }
  const text = Buffer.concat(chunks).toString();
  return secret ? text.replaceAll(secret, '<redacted>') : text;
}
