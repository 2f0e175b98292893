/** Answers that say in their body how it went, whatever their status: the manners of Slack, DingTalk and WeCom. */
import type { FailureReason, Outcome } from '../component/sink.ts';
import type { HttpClient, HttpRequest, HttpResult } from './_http-client.ts';

/** What a code means for the message that was sent. */
export interface CodeVerdict {
  readonly status: 'retry' | 'reject';
  readonly reason: FailureReason;
  readonly afterMs?: number;
}

export interface AnswerCode {
  /** The code, and what the vendor says about it; for people. */
  readonly text: string;
  /** Absent when it went well. */
  readonly verdict?: CodeVerdict;
}

/** `read` answers undefined for JSON of another shape. The request must have asked for the whole answer. */
export function answerOutcome(
  client: Pick<HttpClient, 'problem'>,
  request: HttpRequest,
  { outcome, answer }: HttpResult,
  read: (body: Readonly<Record<string, unknown>>) => AnswerCode | undefined,
): Outcome {
  if (outcome.status !== 'ok' || !answer) return outcome;
  const code = read(jsonObject(answer.body));
  if (code === undefined) {
    const problem = client.problem(request, `${answer.status}: found an answer that does not say how it went`);
    return { status: 'retry', reason: 'other', problem };
  }
  return code.verdict ? { ...code.verdict, problem: client.problem(request, code.text) } : outcome;
}

/** Nothing for what is not a JSON object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
