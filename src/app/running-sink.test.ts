import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type RevisionSpec, revision } from '../../test/contract/event-arbitrary.ts';
import { deliveryWriter } from '../../test/helpers/delivery-writer.ts';
import { route } from '../../test/helpers/routes.ts';
import type { InvolvedObject, Message } from '../component/message.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import { defineSink, type Needs, type Outcome } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import { compileFilter } from '../lang/filter.ts';
import { compileRegularExpression } from '../lang/regular-expression.ts';
import type { Route } from '../pipeline/route-config.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger } from '../telemetry/log.ts';
import { createDeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { Change } from '../util/change.ts';
import { Deliveries } from './deliveries.ts';

const OK: Outcome = { status: 'ok' };

/** Finds nothing out. */
const NOTHING: ObjectLookup = { lookUp: async (records) => records.map(() => undefined), close: async () => {} };

/** A sink that has those needs, over a store that holds those records. */
async function delivering(
  records: readonly EventRecord[],
  needs: Needs,
  routes: readonly Route[] = [],
  objects: ObjectLookup = NOTHING,
) {
  const received: Message[] = [];
  let outcome: Outcome = OK;
  let meanwhile = async (): Promise<void> => {};
  const definition = defineSink({
    type: 'memory',
    summary: '',
    delivery: '',
    config: {},
    limits: { maxRecords: 10, maxBytes: 1_000_000 },
    concurrency: 1,
    examples: [],
    create: () => ({
      needs,
      encode: (message) => ({ value: message, bytes: 1 }),
      async deliver(batch: readonly Message[]) {
        received.push(...batch);
        await meanwhile();
        return batch.map(() => outcome);
      },
      async close() {},
    }),
  });
  const store = openSqliteStore({ path: ':memory:' });
  await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records }]);
  const { ledger } = store;
  const batch = { records: 10, bytes: 1_000_000 };
  const sinks: readonly SinkConfig[] = [
    { name: 'memory', definition, settings: {}, from: { kind: 'beginning' }, batch },
  ];
  const deliveries = await Deliveries.start({
    sinks,
    routes,
    log: store,
    history: store,
    ledger,
    writer: deliveryWriter(store),
    appended: new Change(),
    objects,
    metrics: createDeliveryMetrics(),
    logger: createLogger({ format: 'json', level: 'error', destination: { write() {} } }),
    context: { env: {}, userAgent: 'tidings/test' },
  });
  onTestFinished(async () => {
    await deliveries.close();
    await store.close();
  });
  /** `during`: what else happens while the destination is asked. */
  const answer = (wanted: Outcome, during = meanwhile): void => {
    outcome = wanted;
    meanwhile = during;
  };
  const reroute = (to: readonly Route[]) =>
    deliveries.reload({ sinks, routes: to }, { unchanged: new Set(['memory']), routes: true });
  return { deliveries, store, ledger, received, answer, reroute };
}

const spec: RevisionSpec = { event: 1, object: 1, resourceVersion: 10, second: 0, count: 7 };
const first = revision(spec);
const second = revision({ ...spec, resourceVersion: 12, second: 60, count: 12 });
const other = revision({ ...spec, event: 2, resourceVersion: 11 });
const previousOf = (messages: readonly Message[]) => messages.map(({ previous }) => previous);

describe('RunningSink', () => {
  test('gives a sink that needs it the revision before each, also in a replay', async () => {
    const { received, deliveries } = await delivering([first, other, second], { previous: true });
    await vi.waitFor(() => expect(previousOf(received)).toEqual([undefined, undefined, first]));
    received.length = 0;
    await deliveries.replay({ sink: 'memory' }, () => {}, new AbortController().signal);
    expect(new Map(received.map(({ record, previous }) => [record.body.metadata.resourceVersion, previous]))).toEqual(
      new Map([
        ['10', undefined],
        ['11', undefined],
        ['12', expect.objectContaining(first)],
      ]),
    );
  });

  test('does not look it up for one that does not', async () => {
    const { received } = await delivering([first, second], {});
    await vi.waitFor(() => expect(received).toHaveLength(2));
    expect(received.every((message) => !('previous' in message))).toBe(true);
  });

  test('redacts the revision before as the record itself, also in what is sent again as a dead letter', async () => {
    const redact = [{ pattern: compileRegularExpression('container app'), replacement: 'container' }];
    const routes = [route({ sinks: ['memory'], redact })];
    const { deliveries, ledger, received, answer } = await delivering([first, second], { previous: true }, routes);
    await vi.waitFor(() => expect(received).toHaveLength(2));
    answer({ status: 'reject', reason: 'invalid', problem: 'no' });
    await deliveries.seek('memory', { kind: 'beginning' });
    await vi.waitFor(async () => expect(await ledger.deadLetters({ limit: 9 })).toHaveLength(2));
    answer(OK);
    const letters = await ledger.deadLetters({ limit: 9 });
    await deliveries.retryDeadLetters(letters.map(({ id }) => id));
    expect(received.at(-1)?.previous?.body.message).toContain('failed container in pod');
    expect(received).toHaveLength(6);
    expect(JSON.stringify(received)).not.toContain('container app');
  });

  test('makes dead letters of what the log holds, each of its own cluster', async () => {
    const elsewhere = { ...first, cluster: 'staging', body: { ...first.body, message: 'elsewhere' } };
    const { deliveries, ledger, received, answer } = await delivering([first, elsewhere], {});
    await vi.waitFor(() => expect(received).toHaveLength(2));
    answer({ status: 'reject', reason: 'invalid', problem: 'wrong' });
    await deliveries.seek('memory', { kind: 'beginning' });
    await vi.waitFor(async () => expect(await ledger.deadLetters({ limit: 9 })).toHaveLength(2));
    const letters = await ledger.deadLetters({ limit: 9 });
    expect(new Map(letters.map(({ record }) => [record.cluster, record]))).toEqual(
      new Map([
        ['prod', first],
        ['staging', elsewhere],
      ]),
    );
  });

  test('remembers as missed, at once, what was deleted before it could become a dead letter', async () => {
    const { deliveries, store, ledger, received, answer } = await delivering([first, second], {});
    await vi.waitFor(() => expect(received).toHaveLength(2));
    answer({ status: 'reject', reason: 'invalid', problem: 'wrong' }, async () => {
      await store.expire({ before: second.time + 1, limit: 10 });
    });
    await deliveries.seek('memory', { kind: 'beginning' });
    await vi.waitFor(async () => {
      expect(await ledger.gaps('memory')).toEqual([{ sink: 'memory', records: 2, at: expect.any(Number) }]);
    });
    expect(await ledger.deadLetters({ limit: 9 })).toEqual([]);
  });

  test('makes a dead letter of what is refused in a replay, also when it was deleted meanwhile', async () => {
    const { deliveries, store, ledger, received, answer } = await delivering([first], {});
    await vi.waitFor(() => expect(received).toHaveLength(1));
    answer({ status: 'reject', reason: 'invalid', problem: 'wrong' }, async () => {
      await store.expire({ before: first.time + 1, limit: 10 });
    });
    const progress = await deliveries.replay({ sink: 'memory' }, () => {}, new AbortController().signal);
    expect(progress).toMatchObject({ read: 1, delivered: 0, rejected: 1, filtered: 0 });
    expect(await ledger.deadLetters({ limit: 9 })).toEqual([expect.objectContaining({ key: recordKey(first) })]);
    expect(await ledger.gaps('memory')).toEqual([]);
  });

  test('sends a dead letter once, however often and by how many it is retried at the same time', async () => {
    const { deliveries, ledger, received, answer } = await delivering([first, other], {});
    await vi.waitFor(() => expect(received).toHaveLength(2));
    answer({ status: 'reject', reason: 'invalid', problem: 'no' });
    await deliveries.seek('memory', { kind: 'beginning' });
    await vi.waitFor(async () => expect(await ledger.deadLetters({ limit: 9 })).toHaveLength(2));
    answer(OK);
    received.length = 0;
    const [one = 0, two = 0] = (await ledger.deadLetters({ limit: 9 })).map(({ id }) => id);
    const retried = await Promise.all([
      deliveries.retryDeadLetters([one, one, two]),
      deliveries.retryDeadLetters([one, two]),
      deliveries.retryDeadLetters([two]),
    ]);
    expect(received.map(({ key }) => key).toSorted()).toEqual([first, other].map(recordKey).toSorted());
    // Who comes later hears nothing of what somebody else has done.
    expect(retried.map(({ outcomes }) => outcomes.size)).toEqual([2, 0, 0]);
    expect(await ledger.deadLetters({ limit: 9 })).toEqual([]);
  });

  test('sends a dead letter again that was not taken in the turn before', async () => {
    const { deliveries, ledger, received, answer } = await delivering([first], {});
    await vi.waitFor(() => expect(received).toHaveLength(1));
    const no: Outcome = { status: 'reject', reason: 'invalid', problem: 'no' };
    answer(no);
    await deliveries.seek('memory', { kind: 'beginning' });
    await vi.waitFor(async () => expect(await ledger.deadLetters({ limit: 9 })).toHaveLength(1));
    received.length = 0;
    const [id = 0] = (await ledger.deadLetters({ limit: 9 })).map((letter) => letter.id);
    const retried = await Promise.all([deliveries.retryDeadLetters([id]), deliveries.retryDeadLetters([id])]);
    expect(retried.map(({ outcomes }) => outcomes.get(id))).toEqual([no, no]);
    expect(received).toHaveLength(2);
  });

  test('begins throttles and windows anew when it is started again, so that nothing is folded into what was before', async () => {
    const routes = [route({ sinks: ['memory'], dedupe: { window: 3_600_000 } })];
    const { deliveries, received } = await delivering([first, other], {}, routes);
    await vi.waitFor(() => expect(received).toHaveLength(2));
    await deliveries.seek('memory', { kind: 'beginning' });
    await vi.waitFor(() => expect(received).toHaveLength(4));
  });
});

const filter = (source: string) => compileFilter(source, { otherwise: false, onError: () => {} });

/** Every object is labelled with its UID. */
const LABELLED: ObjectLookup = { ...NOTHING, lookUp: async (records) => records.map(labelled) };

function labelled({ subject }: EventRecord): InvolvedObject {
  return { labels: { uid: subject.uid ?? '' }, annotations: {}, owners: [], deleted: false };
}

/** Finds nothing out before it is closed. */
function silent() {
  const closed = Promise.withResolvers<void>();
  const asked: EventRecord[] = [];
  const objects: ObjectLookup = {
    async lookUp(records) {
      asked.push(...records);
      await closed.promise;
      return records.map(() => undefined);
    },
    close: async () => closed.resolve(),
  };
  return { objects, asked };
}

describe('what is known of objects', () => {
  const objectsOf = (messages: readonly Message[]) => messages.map(({ object }) => object);
  const elsewhere = revision({ ...spec, event: 3, object: 2, resourceVersion: 13 });
  const match = `object.labels.uid == "${elsewhere.subject.uid}"`;
  const known = [labelled(first), labelled(elsewhere)];

  test('reaches a sink that sends it, in a replay and as a dead letter again too', async () => {
    const { deliveries, ledger, received, answer } = await delivering(
      [first, elsewhere],
      { object: true },
      [],
      LABELLED,
    );
    await vi.waitFor(() => expect(objectsOf(received)).toEqual(known));
    answer({ status: 'reject', reason: 'invalid', problem: 'no' });
    await deliveries.replay({ sink: 'memory' }, () => {}, new AbortController().signal);
    await vi.waitFor(async () => expect(await ledger.deadLetters({ limit: 9 })).toHaveLength(2));
    answer(OK);
    const letters = await ledger.deadLetters({ limit: 9 });
    await deliveries.retryDeadLetters(letters.map(({ id }) => id).toSorted((a, b) => a - b));
    expect(objectsOf(received)).toEqual([...known, ...known, ...known]);
  });

  test('is shown to the filter of a replay', async () => {
    const { deliveries, received } = await delivering([first, elsewhere], {}, [], LABELLED);
    await vi.waitFor(() => expect(received).toHaveLength(2));
    received.length = 0;
    await deliveries.replay({ sink: 'memory', filter: match }, () => {}, new AbortController().signal);
    expect(received.map(({ record }) => record.subject)).toEqual([elsewhere.subject]);
  });

  test('is shown to routes that ask for it since they were reloaded', async () => {
    const { deliveries, received, reroute } = await delivering([first, elsewhere], {}, [], LABELLED);
    await vi.waitFor(() => expect(received).toHaveLength(2));
    received.length = 0;
    await reroute([route({ sinks: ['memory'], match: filter(match) })]);
    await deliveries.seek('memory', { kind: 'beginning' });
    await vi.waitFor(() => expect(objectsOf(received)).toEqual([labelled(elsewhere)]));
  });

  test('is waited for by no sink that is to pause, and what it was for is delivered later', async () => {
    const { objects, asked } = silent();
    const { deliveries, received } = await delivering([first, elsewhere], { object: true }, [], objects);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    const began = performance.now();
    await deliveries.pause('memory');
    expect(performance.now() - began).toBeLessThan(1_000);
    await objects.close();
    expect(received).toEqual([]);
    await deliveries.resume('memory');
    await vi.waitFor(() => expect(received).toHaveLength(2));
  });

  test('is waited for by nobody when everything ends', async () => {
    const { objects, asked } = silent();
    const { deliveries, received } = await delivering([first, elsewhere], { object: true }, [], objects);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    const began = performance.now();
    await deliveries.close();
    expect(performance.now() - began).toBeLessThan(1_000);
    // Without what was asked for, they would be worth less than delivered by the next start.
    expect(received).toEqual([]);
  });
});
