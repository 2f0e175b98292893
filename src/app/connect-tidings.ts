/** A Tidings elsewhere, by its JSON API, as the user of a kubeconfig's context. */
import { createClient } from '../api/json/client.ts';
import type { ProblemDetails } from '../api/json/problem.ts';
import { AppError, type AppErrorOptions, ERRORS, type ErrorCode } from '../core/errors.ts';
import type { ApiResponse } from '../sources/kubernetes/api-response.ts';
import { createClient as createConnection, type KubernetesClient } from '../sources/kubernetes/client.ts';
import { type OtherServerOptions, otherServer } from '../sources/kubernetes/other-server.ts';
import { connectionProblem } from '../util/connection-problem.ts';
import { USER_AGENT } from './version.ts';

export type TidingsAddress = OtherServerOptions;

/** No answer, or one that says no. */
export class RemoteFailure extends AppError {
  /** Absent: there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, { status, ...options }: AppErrorOptions & { readonly status?: number } = {}) {
    super('REMOTE_FAILED', message, options);
    this.status = status;
  }

  /** Whether the same may succeed later. */
  get mayPass(): boolean {
    return this.status === undefined || PASSING.has(this.status);
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110.html#name-status-codes */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

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
  const remote: Remote = { url: config.server, credentials, connection };
  return {
    client: createClient({ url: config.server, fetch: (target, init) => ask(remote, target, init) }),
    close: () => connection.close(),
  };
}

interface Remote {
  readonly url: string;
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
function unreachable({ url }: Remote, error: unknown): unknown {
  if (error instanceof AppError && error.code !== 'API_REQUEST_FAILED') return error;
  const cause = error instanceof AppError ? error.cause : error;
  // Anything else than a request that has failed says that what came is none of what was wanted.
  if (error instanceof AppError && cause === undefined) {
    const found = error.message.slice(error.message.indexOf(': ') + 2);
    return new RemoteFailure(`ask the Tidings at ${url}: ${found}`, { status: 200, hint: NO_TIDINGS });
  }
  const { code, found, certificate, hint } = connectionProblem(cause);
  const advice = certificate ? CERTIFICATE_HINTS[certificate] : code === 'ECONNREFUSED' ? REFUSED_HINT : hint;
  return new RemoteFailure(`connect to the Tidings at ${url}: ${found}`, {
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
  const text = await textOf(response.body);
  if (!type.startsWith('application/problem+json')) {
    const said = type.startsWith('text/plain') ? `: ${text.slice(0, MAX_EXCERPT).trim()}` : ` of type ${type}`;
    return new RemoteFailure(`ask the Tidings at ${url}: found an answer ${status}${said}`, {
      status,
      hint: NO_TIDINGS,
    });
  }
  const problem = JSON.parse(text) as ProblemDetails;
  if (codeOf(problem) !== 'REMOTE_FAILED') return remoteProblem(problem);
  const hint = hintOf(problem, credentials);
  const asWhom = status === 401 || status === 403 ? ` with ${credentials}` : '';
  const message = `ask the Tidings at ${url}${asWhom}: ${problem.detail} (${status})`;
  return new RemoteFailure(message, { status, ...(hint !== undefined && { hint }) });
}

/** What the same program would have said here. */
export function remoteProblem(problem: ProblemDetails): AppError {
  const { hint } = problem;
  return new AppError(codeOf(problem), placed(problem), hint === undefined ? {} : { hint });
}

function codeOf({ code = '', status }: ProblemDetails): ErrorCode {
  if (Object.hasOwn(ERRORS, code)) return code as ErrorCode;
  return status === 400 ? 'USAGE' : 'REMOTE_FAILED';
}

/** By the names that filters have on the command line. */
function placed({ detail, parameter, position }: ProblemDetails): string {
  if (!position) return detail;
  return `${parameter === 'q' ? 'search' : 'filter'}:${position.line}:${position.column}: ${detail}`;
}

function hintOf({ status, hint }: ProblemDetails, credentials: string): string | undefined {
  if (status === 401 && credentials === 'no credentials') {
    return 'Name a context of the kubeconfig by --context, or a token by --token-file; they are sent to an https URL.';
  }
  if (status === 401)
    return 'Are they of the cluster whose users this Tidings knows? Another one is chosen by --context.';
  return hint?.replace('namespace=', '--namespace');
}

async function textOf(body: ApiResponse['body']): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  } catch {
    // The status alone says enough.
  }
  return Buffer.concat(chunks).toString();
}
