/** One thing that can be asked of the JSON API: where, with what, and what is answered. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { DeliveryAdmin } from '../../component/delivery-admin.ts';
import type { DeliveryLedger } from '../../component/delivery-ledger.ts';
import type { History, StoredEvent } from '../../component/history.ts';
import type { Log } from '../../component/log.ts';
import type { SavedQueries } from '../../component/saved-queries.ts';
import type { EventRecord } from '../../core/record.ts';
import type { Access, Callers } from '../access.ts';
import type { CommitPoll } from '../commit-poll.ts';
import type { FairUse } from '../fair-use.ts';
import { type ParameterEntries, parseParameters } from './parameters.ts';
import { Problem } from './problem.ts';
import type { StreamedAnswer, StreamType } from './streamed-answer.ts';

/** What is answered from. */
export interface JsonApiStore {
  readonly history: Omit<History, 'apply' | 'expire' | 'addOwners' | 'index' | 'previous' | 'close'> &
    Pick<Log, 'read' | 'end'> & { dataVersion(): number };
  readonly ledger: Pick<DeliveryLedger, 'deadLetter' | 'deadLetterCounts' | 'deadLetters'>;
  readonly savedQueries: SavedQueries;
}

/** A record in one line of JSON from which another Tidings restores it; with what is known beside it, if that is there. */
export type RecordJson = (record: EventRecord & Partial<Pick<StoredEvent, 'occurrences' | 'deletedAt'>>) => string;

export interface JsonApiContext extends JsonApiStore {
  readonly access: Access;
  /** Absent where nothing is delivered. */
  readonly admin: DeliveryAdmin | undefined;
  readonly callers: Callers;
  readonly recordJson: RecordJson;
  readonly version: string;
  readonly now: () => number;
  /** What one caller may take. */
  readonly fairUse: FairUse;
  /** When something was committed. */
  readonly commits: CommitPoll;
  /** Aborted when the API is to end. */
  readonly closing: AbortSignal;
}

/** One request, as it came. */
export interface Call {
  readonly context: JsonApiContext;
  readonly incoming: IncomingMessage;
  /** The parts of the path that differ, by name. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** As JSON, not checked yet; absent when there is none. */
  readonly body: unknown;
  /** Aborted when the client goes. */
  readonly signal: AbortSignal;
}

export interface Asked<TParameters, TBody = undefined> extends Call {
  readonly parameters: TParameters;
  readonly body: TBody;
}

type Output<TSchema> = TSchema extends v.GenericSchema ? v.InferOutput<TSchema> : undefined;

interface Description {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/tidings/v1`; what differs as `:name`. */
  readonly path: string;
  readonly summary: string;
}

interface OperationOptions<
  TEntries extends ParameterEntries,
  TAnswer extends v.GenericSchema,
  TBody extends v.GenericSchema | undefined,
> extends Description {
  readonly parameters: TEntries;
  readonly body?: TBody;
  /** Of one line or event where it is streamed. */
  readonly answer: TAnswer;
  readonly streamed?: StreamType;
  /** What it answers instead where it is asked for a text. */
  readonly texts?: readonly StreamType[];
  /** The answer but for the time it took. */
  readonly run: (
    asked: Asked<v.InferOutput<v.StrictObjectSchema<TEntries, undefined>>, Output<TBody>>,
  ) => Promise<Omit<v.InferOutput<TAnswer>, 'tookMs'> | StreamedAnswer>;
}

export interface Operation extends Description {
  readonly parameters: ParameterEntries;
  readonly body?: v.GenericSchema | undefined;
  readonly answer: v.GenericSchema;
  readonly streamed?: StreamType;
  readonly texts?: readonly StreamType[];
  /** Rejects with whatever `problemOf` knows. */
  readonly run: (call: Call) => Promise<object>;
}

/** With the types of what it takes and answers. */
interface TypedOperation<TEntries, TAnswer, TBody> extends Operation {
  readonly parameters: TEntries & ParameterEntries;
  readonly answer: TAnswer & v.GenericSchema;
  readonly body?: TBody & (v.GenericSchema | undefined);
}

export function operation<
  TEntries extends ParameterEntries,
  TAnswer extends v.GenericSchema,
  TBody extends v.GenericSchema | undefined = undefined,
>(options: OperationOptions<TEntries, TAnswer, TBody>): TypedOperation<TEntries, TAnswer, TBody> {
  const { parameters, body, run } = options;
  return {
    ...options,
    run: (call) =>
      run({
        ...call,
        parameters: parseParameters(parameters, call.query),
        body: (body && parseBody(body, call.body)) as Output<TBody>,
      }),
  };
}

function parseBody(schema: v.GenericSchema, found: unknown): unknown {
  const result = v.safeParse(schema, found);
  if (result.success) return result.output;
  const [{ path, message }] = result.issues;
  const where = path?.map(({ key }) => String(key)).join('.') ?? 'the body';
  throw new Problem(400, `${where}: ${message}`, { parameter: where });
}
