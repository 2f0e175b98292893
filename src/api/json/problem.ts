/** Errors as the JSON API answers them: problem details. https://www.rfc-editor.org/rfc/rfc9457 */
import { STATUS_CODES } from 'node:http';
import * as v from 'valibot';
import { AppError, type ErrorCode, messageOf, summaryOf } from '../../core/errors.ts';
import type { Callers } from '../access.ts';
import { StatusError } from '../status-error.ts';

export const problemSchema = v.strictObject({
  title: v.pipe(v.string(), v.description('What the status means.')),
  status: v.number(),
  detail: v.pipe(v.string(), v.description('What failed, what was found, what is wanted.')),
  code: v.exactOptional(v.pipe(v.string(), v.description('One of docs/reference/errors.md.'))),
  hint: v.exactOptional(v.pipe(v.string(), v.description('What can be done about it.'))),
  parameter: v.exactOptional(v.pipe(v.string(), v.description('Which one of the request is meant.'))),
  position: v.exactOptional(
    v.pipe(
      v.strictObject({ line: v.number(), column: v.number() }),
      v.description('Where in the parameter, from 1; columns in UTF-16 code units.'),
    ),
  ),
});

export type ProblemDetails = v.InferOutput<typeof problemSchema>;

/** Thrown to answer a request with. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly details: ProblemDetails;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    more: Partial<Omit<ProblemDetails, 'status' | 'detail'>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.details = { title: STATUS_CODES[status] ?? 'Error', status, detail, ...more };
    this.headers = headers;
  }
}

const STATUSES: Partial<Record<ErrorCode, number>> = {
  USAGE: 400,
  FILTER_INVALID: 400,
  REGULAR_EXPRESSION_INVALID: 400,
  CURSOR_INVALID: 400,
  SINK_NOT_FOUND: 404,
};

/**
 * What a request is answered with, whatever was thrown. But for the operator, what nobody threw on purpose is told to the
 * log alone, and so is where the store is, since its trouble may come before it is known who asks.
 */
export function problemOf(error: unknown, callers: Callers): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StatusError) {
    const { code, message } = error.status;
    return new Problem(code, message, {}, error.headers);
  }
  const isForAll = callers === 'operator';
  if (!(error instanceof AppError)) return new Problem(500, isForAll ? messageOf(error) : summaryOf(error));
  const { code, message, hint } = error;
  const isOfStore = code.startsWith('STORE_');
  if (isOfStore && !isForAll) return new Problem(503, summaryOf(error), { code });
  const status = isOfStore ? 503 : (STATUSES[code] ?? 500);
  return new Problem(status, message, { code, ...(hint !== undefined && { hint }) });
}

/** With the parameter that is meant, and the place in it that the message begins with. */
export function problemOfFilter(error: unknown, parameter: string): unknown {
  if (!(error instanceof AppError)) return error;
  const [whole, line, column] = /^(?:filter|search):(\d+):(\d+): /.exec(error.message) ?? [];
  if (whole === undefined) return error;
  return new Problem(400, error.message.slice(whole.length), {
    code: error.code,
    parameter,
    position: { line: Number(line), column: Number(column) },
  });
}
