import { renameSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { operatedDeliveries, STORED } from '../../test/helpers/operated-deliveries.ts';
import { ScriptedSink } from '../../test/helpers/scripted-sink.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { EVERYTHING_ALLOWED } from '../api/access.ts';
import { FairUse } from '../api/fair-use.ts';
import { createClient } from '../api/json/client.ts';
import { listen } from '../api/listener.ts';
import type { Outcome } from '../component/sink.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger } from '../telemetry/log.ts';
import { openAccess } from './open-access.ts';
import { openJsonApi } from './open-json-api.ts';
import { serve } from './serve.ts';
import { STORE_FILE } from './store-file.ts';

const WRONG: Outcome = { status: 'reject', reason: 'invalid', problem: 'POST /: 400 found' };

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const ANYBODY = { access: EVERYTHING_ALLOWED, callers: 'anybody', fairUse: new FairUse(), local: true } as const;
const LOGGER = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });

async function all<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe('the JSON API of a Tidings that delivers', () => {
  test('says how sinks are doing, and operates them', async () => {
    const destination = new ScriptedSink();
    const { client } = await operatedDeliveries(destination);
    const sink = async () => (await client.sinks()).data[0];
    await vi.waitFor(async () => expect(await sink()).toMatchObject({ name: 'memory', lagRecords: 0 }), 10_000);
    expect((await client.meta()).data.rights).toEqual({ administer: true, sinks: true });
    expect((await client.testSink('memory')).data).toEqual({ status: 'ok' });
    expect(destination.taken).toHaveLength(STORED + 1);
    await client.pauseSink('memory');
    expect(await sink()).toMatchObject({ state: 'paused' });
    await client.seekSink('memory', { to: 'beginning' });
    expect(await sink()).toMatchObject({ lagRecords: STORED });
    await client.resumeSink('memory');
    await vi.waitFor(() => expect(destination.taken).toHaveLength(2 * STORED + 1), 10_000);
    await expect(client.pauseSink('nobody')).rejects.toMatchObject({
      details: { status: 404, code: 'SINK_NOT_FOUND' },
    });
    await expect(client.forgetSink('nobody')).rejects.toMatchObject({
      details: { status: 404, code: 'SINK_NOT_FOUND' },
    });
    await expect(client.forgetSink('memory')).rejects.toMatchObject({ details: { status: 400, code: 'USAGE' } });
    await expect(client.seekSink('memory', { to: 'soon' })).rejects.toMatchObject({ details: { status: 400 } });
  });

  test('says what a sink took lately, and what it did not', async () => {
    const destination = new ScriptedSink();
    let calls = 0;
    destination.answer = () => (calls++ === 0 ? WRONG : { status: 'ok' });
    const { client } = await operatedDeliveries(destination);
    const activity = async () => (await client.sinkActivity('memory')).data;
    const taken = async () => (await activity()).delivered.counts.reduce((sum, count) => sum + count, 0);
    await vi.waitFor(async () => expect(await taken()).toBe(STORED - 1), 10_000);
    const { delivered, failures } = await activity();
    expect(delivered.stepMs).toBe(60_000);
    expect(failures).toMatchObject([{ reason: 'invalid', problem: 'POST /: 400 found', times: 1 }]);
    await expect(client.sinkActivity('nobody')).rejects.toMatchObject({ details: { status: 404 } });
  });

  test('says what became of a record: waiting, a dead letter, or passed', async () => {
    const destination = new ScriptedSink();
    destination.answer = ({ record }) => (record.body.type === 'Warning' ? WRONG : { status: 'ok' });
    const { client, clientOf } = await operatedDeliveries(destination);
    const sink = async () => (await client.sinks()).data[0];
    await vi.waitFor(async () => expect(await sink()).toMatchObject({ lagRecords: 0 }), 10_000);
    const stored = (await client.events({ from: '2020-01-01T00:00:00Z' })).data.rows;
    const [taken = '', refused = ''] = ['Normal', 'Warning'].map((type) => stored.find((row) => row.type === type)?.id);
    expect((await client.deliveries(taken)).data).toEqual([{ sink: 'memory', state: 'passed', isLed: true }]);
    const failure = { at: expect.any(String), reason: 'invalid', problem: 'POST /: 400 found' };
    const letter = { sink: 'memory', state: 'dead-letter', isLed: true, failure };
    expect((await client.deliveries(refused)).data).toEqual([letter]);
    await client.pauseSink('memory');
    await client.seekSink('memory', { to: 'beginning' });
    const [waiting] = (await client.deliveries(taken)).data;
    expect(waiting).toEqual({ sink: 'memory', state: 'waiting', isLed: true, ahead: expect.any(Number) });
    expect(waiting?.ahead).toBeGreaterThan(STORED - 3);
    await expect(client.deliveries('nobody/1')).rejects.toMatchObject({ details: { status: 404 } });
    await expect(clientOf('viewer').deliveries(taken)).rejects.toMatchObject({ details: { status: 403 } });
  });

  test('lists dead letters, sends them again and forgets them', async () => {
    const destination = new ScriptedSink();
    destination.answer = () => WRONG;
    const { client } = await operatedDeliveries(destination);
    const letters = async () => (await client.deadLetters('memory', { limit: 1000 })).data.rows;
    await vi.waitFor(async () => expect(await letters()).toHaveLength(STORED), 10_000);
    const [first, second, ...others] = await letters();
    expect(first).toMatchObject({ reason: 'invalid', problem: 'POST /: 400 found', event: { cluster: 'prod' } });
    expect((await client.deadLetters('memory', { limit: 1, after: first?.id ?? 0 })).data).toEqual({
      rows: [second],
      more: true,
    });
    expect((await client.deadLetters('other')).data).toEqual({ rows: [], more: false });
    destination.answer = () => ({ status: 'ok' });
    const ids = [first?.id ?? 0];
    expect((await client.retryDeadLetters('other', { ids })).data).toEqual([]);
    expect((await client.retryDeadLetters('memory', { ids })).data).toEqual([
      { id: ids[0], outcome: { status: 'ok' } },
    ]);
    await client.dropDeadLetters('memory', { ids: others.map(({ id }) => id) });
    expect(await letters()).toEqual([second]);
  });

  test('sends the past again, and says before how much of it that is', async () => {
    const destination = new ScriptedSink();
    const { client } = await operatedDeliveries(destination);
    await vi.waitFor(() => expect(destination.taken).toHaveLength(STORED), 10_000);
    const lines = await all(client.replay('memory', { dryRun: true }));
    expect(lines).toEqual([{ records: STORED, atLeast: false, done: true }]);
    const wanted = { q: 'type:Warning', cel: 'event.count > 0' };
    const warnings = (await client.events({ from: '2020-01-01T00:00:00Z', ...wanted, limit: 1000 })).data.rows.length;
    const progress = await all(client.replay('memory', wanted));
    expect(progress.at(-1)).toMatchObject({ done: true, progress: { delivered: warnings, rejected: 0 } });
    expect(destination.taken).toHaveLength(STORED + warnings);
    await expect(all(client.replay('nobody', {}))).rejects.toMatchObject({ details: { status: 404 } });
    await expect(all(client.replay('memory', { cel: 'x' }))).rejects.toMatchObject({
      details: { status: 400, parameter: 'cel' },
    });
  });

  test('lets only those operate whom the cluster lets', async () => {
    const { clientOf, url } = await operatedDeliveries(new ScriptedSink());
    const viewer = clientOf('viewer');
    expect((await viewer.events({ from: '2020-01-01T00:00:00Z' })).data.rows).toHaveLength(STORED);
    expect((await viewer.meta()).data.rights).toEqual({ administer: false, sinks: false });
    for (const refused of [
      () => viewer.sinks(),
      () => viewer.sinkActivity('memory'),
      () => viewer.pauseSink('memory'),
      () => viewer.deadLetters('memory'),
      () => viewer.dropDeadLetters('memory', { ids: [1] }),
      () => all(viewer.replay('memory', {})),
    ])
      await expect(refused()).rejects.toMatchObject({ details: { status: 403 } });
    await expect(createClient({ url }).sinks()).rejects.toMatchObject({ details: { status: 401 } });
  });
});

test('nobody operates sinks whom nobody knows', async () => {
  const { dataDir, deliveries } = await operatedDeliveries(new ScriptedSink());
  const access = await openAccess({ listen: LOOPBACK, clusters: [] }, LOGGER);
  const api = openJsonApi(dataDir, LOGGER, access, deliveries);
  const listener = await listen([api.endpoint], LOOPBACK);
  onTestFinished(async () => {
    await listener.close();
    await api.close();
  });
  const client = createClient({ url: listener.url });
  expect((await client.sinks()).data).toHaveLength(1);
  expect((await client.meta()).data.rights).toEqual({ administer: false, sinks: true });
  await expect(client.pauseSink('memory')).rejects.toMatchObject({
    details: { status: 403, hint: expect.stringContaining('tidings sinks') },
  });
});

test('serve delivers nothing and says so', async () => {
  const { dataDir, client } = await operatedDeliveries(new ScriptedSink());
  const stopping = new AbortController();
  const started = Promise.withResolvers<string>();
  const config = {
    dataDir,
    listen: LOOPBACK,
    clusters: [],
    windowMs: 1,
    log: { format: 'json', level: 'error' },
  } as const;
  const ended = serve(config, ({ url }) => started.resolve(url), stopping.signal);
  const reader = createClient({ url: await started.promise });
  onTestFinished(async () => {
    stopping.abort();
    await ended;
  });
  const question = { from: '2020-01-01T00:00:00Z', by: 'reason', buckets: 10 } as const;
  expect((await reader.histogram(question)).data).toEqual((await client.histogram(question)).data);
  expect((await reader.meta()).data.rights).toEqual({ administer: false, sinks: false });
  expect((await reader.deadLetters('memory')).data.rows).toEqual([]);
  await expect(reader.sinks()).rejects.toMatchObject({ details: { status: 501 } });
  await expect(reader.pauseSink('memory')).rejects.toMatchObject({ details: { status: 501 } });
});

test('openJsonApi goes on with the store that takes the place of the one it served', async () => {
  const dataDir = temporaryDirectory();
  const path = join(dataDir, STORE_FILE);
  await storeWith(path, 10);
  await storeWith(`${path}.next`, 20);
  const api = openJsonApi(dataDir, LOGGER, ANYBODY);
  const listener = await listen([api.endpoint], LOOPBACK);
  onTestFinished(async () => {
    api.end();
    await listener.close();
    await api.close();
  });
  const client = createClient({ url: listener.url });
  const versions = async () =>
    (await client.events({ from: '2020-01-01T00:00:00Z' })).data.rows.map(({ id }) => id.split('/')[1]);
  expect(await versions()).toEqual(['10']);
  const stream = await fetch(`${listener.url}/tidings/v1/stream`);
  renameSync(path, `${path}.away`);
  await expect(versions()).rejects.toMatchObject({ details: { status: 503, code: 'STORE_NOT_FOUND' } });
  renameSync(`${path}.next`, path);
  expect(await versions()).toEqual(['20']);
  // Its readers begin again with what is there now.
  await stream.text().catch(() => '');
});

test('openJsonApi closes, though somebody went before they were answered', async () => {
  const dataDir = temporaryDirectory();
  await storeWith(join(dataDir, STORE_FILE), 10);
  const api = openJsonApi(dataDir, LOGGER, ANYBODY);
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  response.destroy();
  await api.endpoint.answer(request, response);
  await api.close();
  expect(response.headersSent).toBe(false);
});

/** Writes a store with one event, whole in its file. */
async function storeWith(path: string, resourceVersion: number): Promise<void> {
  const store = openSqliteStore({ path });
  const records = [revision({ event: 1, object: 1, resourceVersion, second: 0, count: 1 })];
  await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records }]);
  await store.close();
}
