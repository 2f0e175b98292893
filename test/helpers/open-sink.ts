/** A sink as the program would open it: from the text of its settings, with a logger whose lines can be read. */
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import type { Message } from '../../src/component/message.ts';
import type { BatchLimits, Outcome, Sink, SinkDefinition, SinkEntries } from '../../src/component/sink.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { recordKey } from '../../src/core/record-key.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { revision } from '../contract/event-arbitrary.ts';

export interface OpenSink {
  readonly sink: Sink;
  readonly limits: BatchLimits;
  /** What was logged. */
  readonly logged: readonly string[];
  /** What becomes of records of that many different objects, in one call. */
  readonly deliver: (count?: number, signal?: AbortSignal) => Promise<readonly Outcome[]>;
}

/** The settings as they come out of the configuration. Rejects with CONFIG_INVALID. */
export async function settingsOf<TEntries extends SinkEntries>(
  definition: SinkDefinition<TEntries>,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<v.InferOutput<v.StrictObjectSchema<TEntries, undefined>>> {
  return (await loadConfig({ schema: v.strictObject(definition.config), text, env })).config;
}

/** Closed when the test is over. */
export async function openSink<TEntries extends SinkEntries>(
  definition: SinkDefinition<TEntries>,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<OpenSink> {
  const logged: string[] = [];
  const logger = createLogger({ format: 'json', level: 'debug', destination: { write: (line) => logged.push(line) } });
  const context = { name: 'test', logger, env, userAgent: 'tidings/test' };
  const sink = await definition.create(await settingsOf(definition, text, env), context);
  onTestFinished(() => sink.close());
  const limits = sink.limits ?? definition.limits;
  const deliver: OpenSink['deliver'] = (count = 1, signal = new AbortController().signal) =>
    sink.deliver(
      Array.from({ length: count }, (_, index) => sink.encode(messageNumber(index)).value),
      signal,
    );
  return { sink, limits, logged, deliver };
}

export function messageOf(record: EventRecord): Message {
  return { record, key: recordKey(record), occurrences: 1, labels: {}, folded: 0 };
}

/** Each about another object. */
export function messageNumber(index: number): Message {
  return messageOf(revision({ event: index, resourceVersion: index + 1, second: index, count: 1, object: index }));
}
