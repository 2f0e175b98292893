/** One thing that can be asked of the JSON API: where, with what, and what is answered. */
import type { IncomingMessage } from 'node:http';
import type * as v from 'valibot';
import type { DeliveryAdmin } from '../../component/delivery-admin.ts';
import type { DeliveryLedger } from '../../component/delivery-ledger.ts';
import type { History } from '../../component/history.ts';
import type { Log } from '../../component/log.ts';
import type { Access } from '../access.ts';
import { type ParameterEntries, parseParameters } from './parameters.ts';

/** What is answered from. */
export interface JsonApiStore {
  readonly history: Pick<History, 'clusters' | 'page' | 'revision' | 'counts' | 'coverage' | 'stats'> &
    Pick<Log, 'read' | 'end'> & { dataVersion(): number };
  readonly ledger: Pick<DeliveryLedger, 'deadLetters'>;
}

export interface JsonApiContext extends JsonApiStore {
  readonly access: Access;
  /** Absent where nothing is delivered. */
  readonly admin: DeliveryAdmin | undefined;
  readonly version: string;
  readonly now: () => number;
}

/** One request, as it came. */
export interface Call {
  readonly context: JsonApiContext;
  readonly incoming: IncomingMessage;
  /** The parts of the path that differ, by name. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Aborted when the client goes. */
  readonly signal: AbortSignal;
}

export interface Asked<TParameters> extends Call {
  readonly parameters: TParameters;
}

interface OperationOptions<TEntries extends ParameterEntries, TAnswer extends v.GenericSchema> {
  readonly method: 'GET';
  /** Below `/tidings/v1`; what differs as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly parameters: TEntries;
  readonly answer: TAnswer;
  readonly run: (
    asked: Asked<v.InferOutput<v.StrictObjectSchema<TEntries, undefined>>>,
  ) => Promise<Omit<v.InferOutput<TAnswer>, 'tookMs'>>;
}

export interface Operation
  extends Pick<OperationOptions<ParameterEntries, v.GenericSchema>, 'method' | 'path' | 'summary'> {
  readonly parameters: ParameterEntries;
  readonly answer: v.GenericSchema;
  /** The answer but for the time it took. Rejects with whatever `problemOf` knows. */
  readonly run: (call: Call) => Promise<object>;
}

export function operation<TEntries extends ParameterEntries, TAnswer extends v.GenericSchema>(
  options: OperationOptions<TEntries, TAnswer>,
): Operation {
  const { parameters, run } = options;
  return { ...options, run: (call) => run({ ...call, parameters: parseParameters(parameters, call.query) }) };
}
