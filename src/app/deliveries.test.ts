import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { deliveryWriter } from '../../test/helpers/delivery-writer.ts';
import { route } from '../../test/helpers/routes.ts';
import { ScriptedSink } from '../../test/helpers/scripted-sink.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import type { DeliveryWriter } from '../component/delivery-ledger.ts';
import type { AppendedPage } from '../component/log.ts';
import type { Message } from '../component/message.ts';
import { defineSink } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import { AppError } from '../core/errors.ts';
import type { Route } from '../pipeline/route-config.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger } from '../telemetry/log.ts';
import { createDeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { Change } from '../util/change.ts';
import { Deliveries } from './deliveries.ts';

const ALL: readonly Route[] = [];

async function delivering(sinks: readonly SinkConfig[], routes = ALL, ownWriter: Partial<DeliveryWriter> = {}) {
  const store = openSqliteStore({ path: join(temporaryDirectory(), 'tidings.db') });
  await store.register({ name: 'prod' });
  const { ledger } = store;
  const appended = new Change<AppendedPage>();
  const deliveries = await Deliveries.start({
    sinks,
    routes,
    log: store,
    history: store,
    ledger,
    writer: { ...deliveryWriter(store), ...ownWriter },
    appended,
    objects: { lookUp: async (records) => records.map(() => undefined), close: async () => {} },
    metrics: createDeliveryMetrics(),
    logger: createLogger({ format: 'json', level: 'error', destination: { write: () => {} } }),
    context: { env: {}, userAgent: 'tidings/test' },
  });
  onTestFinished(async () => {
    await deliveries.close();
    await store.close();
  });
  let appendedRecords = 0;
  /** So many records more, about seven objects in turn. */
  const append = async (count: number): Promise<void> => {
    const records = Array.from({ length: count }, () => {
      const n = ++appendedRecords;
      return revision({ event: n, resourceVersion: n, second: n, count: 1, object: n % 7 });
    });
    await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records }]);
    appended.notify();
  };
  return { deliveries, append, total: () => appendedRecords, store };
}

const numberOf = ({ record }: Message): number => Number(record.body.metadata.resourceVersion);

describe('Deliveries.reload', () => {
  test('loses nothing and keeps the order of each object when it happens a hundred times under load', async () => {
    const [steady, changing, coming] = [new ScriptedSink(), new ScriptedSink(), new ScriptedSink()];
    let calls = 0;
    const busy = { status: 'retry', reason: 'rate_limited', problem: '429' } as const;
    const slow: ScriptedSink['answer'] = async () => {
      await setImmediate();
      return ++calls % 97 === 0 ? busy : { status: 'ok' };
    };
    Object.assign(changing, { answer: slow });
    Object.assign(coming, { answer: slow });
    const names = ['steady', 'changing', 'coming'];
    const configOf = (round: number) => ({
      sinks: [
        ...(round % 4 < 2 ? [coming.config({ name: 'coming' })] : []),
        steady.config({ name: 'steady' }),
        changing.config({ name: 'changing', batch: { records: 1 + (round % 5), bytes: 1e6 } }),
      ],
      routes: [route({ sinks: names, labels: { round: String(round - (round % 2)) } })],
    });
    const { sinks, routes } = configOf(0);
    const { deliveries, append, total } = await delivering(sinks, routes);
    let isLoading = true;
    const load = (async () => {
      while (isLoading) {
        await append(15);
        await setImmediate();
      }
    })();
    for (let round = 1; round <= 100; round++) {
      const unchanged = new Set([
        'steady',
        ...(round % 4 === 1 ? ['coming'] : []),
        ...(round % 4 > 0 ? ['changing'] : []),
      ]);
      await deliveries.reload(configOf(round), { unchanged, routes: round % 2 === 0 });
    }
    await deliveries.reload(configOf(100), { unchanged: new Set(['steady', 'changing', 'coming']), routes: false });
    isLoading = false;
    await load;
    await append(7);
    const all = Array.from({ length: total() }, (_, index) => index + 1);
    for (const sink of [steady, changing, coming]) {
      await vi.waitFor(() => expect(new Set(sink.taken.map(numberOf)).size).toBe(total()), 30_000);
      const first = [...new Set(sink.taken.map(numberOf))];
      for (let object = 0; object < 7; object++) {
        expect(first.filter((n) => n % 7 === object)).toEqual(all.filter((n) => n % 7 === object));
      }
    }
    expect(steady.taken).toHaveLength(total());
    expect(steady.opened).toBe(1);
    expect(changing.opened).toBe(26);
    expect(changing.open).toBe(1);
    expect(steady.taken.at(-1)?.labels).toEqual({ round: '100' });
  }, 60_000);

  test('refuses as a whole what has a sink that cannot work, and closes what it had opened for it', async () => {
    const [known, good] = [new ScriptedSink(), new ScriptedSink()];
    const { deliveries, append } = await delivering([known.config()]);
    const bad = defineSink({
      ...known.definition,
      create: () => {
        throw new AppError('TEMPLATE_INVALID', 'no template');
      },
    });
    const sinks = [good.config({ name: 'good' }), known.config({ name: 'bad', definition: bad })];
    const reload = deliveries.reload({ sinks, routes: ALL }, { unchanged: new Set(), routes: false });
    await expect(reload).rejects.toMatchObject({ code: 'TEMPLATE_INVALID' });
    expect(good).toMatchObject({ opened: 1, open: 0 });
    expect(deliveries.names).toEqual(['memory']);
    await append(3);
    await vi.waitFor(() => expect(known.taken).toHaveLength(3), 10_000);
  });

  test('keeps the position of a sink that goes and comes back, and leaves one alone that is paused', async () => {
    const [steady, other] = [new ScriptedSink(), new ScriptedSink()];
    const both = [steady.config(), other.config({ name: 'other' })];
    const { deliveries, append } = await delivering(both);
    const unchanged = new Set(['memory']);
    await append(4);
    await vi.waitFor(() => expect(other.taken).toHaveLength(4), 10_000);
    await deliveries.reload({ sinks: [steady.config()], routes: ALL }, { unchanged, routes: false });
    expect(other.open).toBe(0);
    await append(2);
    await deliveries.reload({ sinks: both, routes: ALL }, { unchanged, routes: false });
    await vi.waitFor(() => expect(other.taken.map(numberOf)).toEqual([1, 2, 3, 4, 5, 6]), 10_000);
    await deliveries.pause('other');
    const changed = [steady.config(), other.config({ name: 'other', batch: { records: 1, bytes: 1 } })];
    await deliveries.reload({ sinks: changed, routes: ALL }, { unchanged, routes: false });
    expect((await deliveries.sinks()).map(({ name, state }) => [name, state])).toEqual([
      ['memory', 'delivering'],
      ['other', 'paused'],
    ]);
  });

  test('forgets a sink that was taken out, so that one of its name begins anew, and no other', async () => {
    const [steady, other] = [new ScriptedSink(), new ScriptedSink()];
    const both = [steady.config(), other.config({ name: 'other' })];
    const { deliveries, append } = await delivering(both);
    await append(4);
    await vi.waitFor(() => expect(other.taken).toHaveLength(4), 10_000);
    await deliveries.pause('other');
    await expect(deliveries.forget('other')).rejects.toMatchObject({ code: 'USAGE' });
    const unchanged = new Set(['memory']);
    await deliveries.reload({ sinks: [steady.config()], routes: ALL }, { unchanged, routes: false });
    await deliveries.forget('other');
    await expect(deliveries.forget('other')).rejects.toMatchObject({ code: 'SINK_NOT_FOUND' });
    await deliveries.reload({ sinks: both, routes: ALL }, { unchanged, routes: false });
    await vi.waitFor(() => expect(other.taken.map(numberOf)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]), 10_000);
  });

  test('ends a replay to a sink that it closes, with an error that says how far it came', async () => {
    const sink = new ScriptedSink();
    const { deliveries, append } = await delivering([sink.config({ from: { kind: 'now' } })]);
    await append(5);
    await vi.waitFor(() => expect(sink.taken).toHaveLength(5), 10_000);
    const hangs = Promise.withResolvers<void>();
    sink.answer = (_, signal) => {
      hangs.resolve();
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ status: 'retry', reason: 'other', problem: 'aborted' }));
      });
    };
    const replay = deliveries.replay({ sink: 'memory' }, () => {}, new AbortController().signal);
    await hangs.promise;
    const [ended] = await Promise.allSettled([
      replay,
      deliveries.reload({ sinks: [], routes: ALL }, { unchanged: new Set(), routes: false }),
    ]);
    expect(ended).toMatchObject({
      status: 'rejected',
      reason: { message: 'replay to sink "memory": it was closed after 5 read, 0 delivered' },
    });
    expect(sink.open).toBe(0);
  });
});

describe('Deliveries.pause', () => {
  test('says that a sink is paused once nothing is under way any more, and takes it back when that cannot be said', async () => {
    const sink = new ScriptedSink();
    const order: string[] = [];
    let isFull = false;
    const { deliveries, append } = await delivering([sink.config()], ALL, {
      setPaused: async () => {
        if (isFull) throw new AppError('STORE_FULL', 'no space');
        order.push('paused');
      },
    });
    const underWay = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    sink.answer = async () => {
      underWay.resolve();
      await answer.promise;
      order.push('delivered');
      return { status: 'ok' };
    };
    await append(1);
    await underWay.promise;
    const pausing = deliveries.pause('memory');
    await setImmediate();
    answer.resolve();
    await pausing;
    expect(order).toEqual(['delivered', 'paused']);

    await deliveries.resume('memory');
    isFull = true;
    await expect(deliveries.pause('memory')).rejects.toMatchObject({ code: 'STORE_FULL' });
    await append(1);
    await vi.waitFor(() => expect(sink.taken).toHaveLength(2), 10_000);
  });
});
