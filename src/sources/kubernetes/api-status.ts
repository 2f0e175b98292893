/**
 * What the API server says when it refuses: the Status object and its HTTP headers.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
import { AppError } from '../../core/errors.ts';
import { isObject } from '../../util/is-object.ts';

/** The body of an error response, and the object of a watch's ERROR frame. */
export interface Status {
  readonly kind: 'Status';
  readonly status?: string;
  readonly message?: string;
  /** Machine readable: `Expired`, `Gone`, `TooManyRequests`, `Forbidden`, … */
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly retryAfterSeconds?: number };
}

// What a proxy in front of the API server sends instead of a Status may be a whole page.
const MESSAGE_LIMIT = 500;

/** The Status object of a response body, or undefined when the body is something else. */
export function parseStatus(body: string): Status | undefined {
  try {
    return asStatus(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** A parsed JSON value as a Status, or undefined when it is something else. Fields that make no sense are left out. */
export function asStatus(value: unknown): Status | undefined {
  if (!isObject(value) || value['kind'] !== 'Status') return undefined;
  const { status, message, reason, code, details } = value;
  const retryAfterSeconds = isObject(details) ? details['retryAfterSeconds'] : undefined;
  return {
    kind: 'Status',
    ...(typeof status === 'string' && { status }),
    ...(typeof message === 'string' && { message }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof code === 'number' && { code }),
    ...(typeof retryAfterSeconds === 'number' && retryAfterSeconds > 0 && { details: { retryAfterSeconds } }),
  };
}

/** The API server answered with something other than success. */
export class ApiStatusError extends AppError {
  /** The HTTP status; of an ERROR frame, the Status object's `code`. */
  readonly status: number;
  /** The Status object's, when there was one. */
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  /** `action` is what failed, as `list events`: it starts the message. `body` is the Status object, or what came instead of one. */
  constructor(
    action: string,
    answer: {
      readonly status: number;
      readonly body: Status | string | undefined;
      readonly retryAfterMs?: number | undefined;
    },
  ) {
    const status = typeof answer.body === 'object' ? answer.body : undefined;
    const message = (typeof answer.body === 'string' ? answer.body : status?.message) ?? '';
    super(
      'API_REQUEST_FAILED',
      [action, oneLine(title(answer.status, status?.reason)), oneLine(message)].filter(Boolean).join(': '),
    );
    this.status = answer.status;
    this.reason = status?.reason;
    const seconds = status?.details?.retryAfterSeconds;
    this.retryAfterMs = answer.retryAfterMs ?? (seconds ? seconds * 1000 : undefined);
  }
}

function title(status: number, reason: string | undefined): string {
  return reason ? `${status} ${reason}` : `${status}`;
}

/** Without the controls that would act on the terminal of whoever reads it, in a log, a probe or `tidings check`. */
function oneLine(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT)}…` : line;
}
