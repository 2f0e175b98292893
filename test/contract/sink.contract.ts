/** What every {@link Sink} must do, whatever it sends where. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Message } from '../../src/component/message.ts';
import type { Sink, SinkDefinition, SinkEntries } from '../../src/component/sink.ts';
import { eventRecord } from '../../src/core/record.ts';
import { messageOf, openSink, settingsOf } from '../helpers/open-sink.ts';
import { hostileEvents, revision } from './event-arbitrary.ts';

/** Something that a sink sends to, gone when the test is. */
export interface Destination {
  /** The settings that lead there, as an operator writes them. */
  readonly settings: string;
  /** What of the settings nobody may read. */
  readonly secrets: readonly string[];
  /** From now on it leaves everything without an answer. Resolves when it has been asked. Absent where a test cannot have that. */
  hang?(): Promise<void>;
  /** From now on it refuses everything, and repeats what it was sent while it does. */
  refuse(): void;
}

const ENVELOPE = { cluster: 'prod', epoch: 1, scope: '*', receivedAt: 0, origin: 'watch', news: true } as const;

/** `open` starts a destination that takes everything. */
export function describeSink<TEntries extends SinkEntries>(
  definition: SinkDefinition<TEntries>,
  open: () => Promise<Destination>,
): void {
  const openAt = async () => {
    const destination = await open();
    return { destination, ...(await openSink(definition, destination.settings)) };
  };

  describe(`${definition.type} as a sink`, async () => {
    let printed: () => number;
    beforeEach(() => {
      const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write'));
      printed = () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    });
    afterEach(() => {
      expect(printed(), 'writes to standard output and error').toBe(0);
    });

    test.each(definition.examples)('has an example that can be loaded: $title', async ({ config }) => {
      const names = [...config.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `value-of-${name}`]);
      expect(await settingsOf(definition, config, Object.fromEntries(names))).toBeDefined();
    });

    test('says what it is, and keeps to bounds', () => {
      const { type, summary, delivery, limits, concurrency, examples } = definition;
      expect(type).toMatch(/^[a-z][a-z0-9-]*$/);
      for (const text of [summary, delivery]) expect(text).toMatch(/^[A-Z].*\.$/);
      expect(limits.maxRecords).toBeGreaterThanOrEqual(1);
      expect(limits.maxBytes).toBeGreaterThanOrEqual(1024);
      expect(concurrency).toBeGreaterThanOrEqual(1);
      expect(examples.length).toBeGreaterThan(0);
    });

    test('encodes equal messages equally, changes nothing in them, and says about how large they are', async () => {
      const { sink } = await openAt();
      fc.assert(
        fc.property(hostileEvents, (body) => {
          const message = frozen(messageOf(eventRecord(body, ENVELOPE)));
          const encoded = encodedOrRefused(sink, message);
          expect(encodedOrRefused(sink, structuredClone(message))).toEqual(encoded);
          if (encoded === undefined) return;
          expect(Number.isSafeInteger(encoded.bytes)).toBe(true);
          expect(encoded.bytes).toBeGreaterThan(0);
          // A character takes six bytes at most, as \u0000; names of fields and the frame of a message come on top.
          expect(encoded.bytes).toBeLessThan(8 * JSON.stringify(message).length + 16_384);
        }),
        { numRuns: 100 },
      );
    });

    test('answers for each item, also of a batch as large as may be', async () => {
      const { deliver, limits } = await openAt();
      for (const count of new Set([1, Math.min(2, limits.maxRecords), limits.maxRecords])) {
        expect(await deliver(count)).toEqual(Array.from({ length: count }, () => ({ status: 'ok' })));
      }
    });

    test('takes an event of a megabyte, or says that it does not', async () => {
      const { sink } = await openAt();
      const { body } = revision({ event: 1, resourceVersion: 1, second: 0, count: 1, object: 1 });
      const huge = messageOf(eventRecord({ ...body, message: 'x'.repeat(1024 * 1024) }, ENVELOPE));
      const encoded = encodedOrRefused(sink, huge);
      if (!encoded) return;
      const [outcome, ...others] = await sink.deliver([encoded.value], new AbortController().signal);
      expect(outcome?.status).toMatch(/^(?:ok|reject)$/);
      expect(others).toEqual([]);
    });

    test('ends soon when it is aborted before, and while the destination hangs', async () => {
      const { destination, deliver } = await openAt();
      await settled(deliver(1, AbortSignal.abort()));
      if (!destination.hang) return;
      const asked = destination.hang();
      const stopping = new AbortController();
      const delivery = deliver(1, stopping.signal);
      delivery.catch(() => {});
      await asked;
      stopping.abort();
      const outcomes = await settled(delivery);
      expect(outcomes.every(({ status }) => status === 'retry')).toBe(true);
    });

    test('says what it found when it is checked, and what is wrong, where it can without sending', async () => {
      const { destination, sink } = await openAt();
      if (!sink.check) return;
      const { signal } = new AbortController();
      expect(await sink.check(signal)).toMatch(/^\S[^\n]{3,300}$/);
      destination.refuse();
      const { sink: later, logged } = await openSink(definition, destination.settings);
      const problem: unknown = await later.check?.(signal).catch((error: unknown) => error);
      expect(problem).toBeInstanceOf(Error);
      const texts = JSON.stringify([String(problem), logged]);
      for (const secret of destination.secrets) expect(texts).not.toContain(secret);
      await expect(sink.check(AbortSignal.abort())).rejects.toThrow(/./);
    });

    test('is closed twice, used or not', async () => {
      const { sink } = await openAt();
      await sink.close();
      await expect(sink.close()).resolves.toBeUndefined();
      const used = await openAt();
      await used.deliver();
      await used.sink.close();
      await expect(used.sink.close()).resolves.toBeUndefined();
    });

    test('tells no secret when it is refused', async () => {
      const { destination, deliver, logged } = await openAt();
      destination.refuse();
      const outcomes = await deliver();
      expect(outcomes.map(({ status }) => status)).not.toContain('ok');
      const texts = JSON.stringify([outcomes, logged]);
      expect(destination.secrets.length).toBeGreaterThan(0);
      for (const secret of destination.secrets) expect(texts).not.toContain(secret);
      const problems = outcomes.map((outcome) => ('problem' in outcome ? outcome.problem : ''));
      expect(Math.max(...problems.map((problem) => problem.length))).toBeLessThan(2_048);
    });
  });
}

/** What a delivery that was aborted came to; none where it rejected. Fails when it does not end. */
async function settled(delivery: ReturnType<Sink['deliver']>): ReturnType<Sink['deliver']> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('it goes on two seconds after it was aborted')), 2_000);
  onTestFinished(() => clearTimeout(timer));
  return Promise.race([delivery.catch(() => []), promise]);
}

function encodedOrRefused(sink: Sink, message: Message) {
  try {
    return sink.encode(message);
  } catch {
    return undefined;
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
