import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { HOUR, idsOf, servedJson } from '../../../test/helpers/served-json.ts';
import type { EventRecord } from '../../core/record.ts';
import { failure, StatusError } from '../status-error.ts';

const POD = 'shop-api-5d4f8c7b9x-x7k2p';

interface About {
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
  readonly reason: string;
  readonly second: number;
  readonly namespace?: string;
}

let version = 100;

/** A revision about an object of that name. */
function about({ kind, name, uid = `uid-${name}`, reason, second, namespace = 'shop' }: About): EventRecord {
  const type = reason === 'ScalingReplicaSet' ? 'Normal' : 'Warning';
  const spec = { event: ++version, resourceVersion: version, object: 1, second, count: 1 };
  const record = revision({ ...spec, reason, kind, type });
  const involvedObject = { ...record.body.involvedObject, name, uid, namespace };
  const metadata = { ...record.body.metadata, namespace: namespace === '' ? 'default' : namespace };
  return { ...record, subject: involvedObject, body: { ...record.body, metadata, involvedObject } };
}

async function incident() {
  const api = await servedJson();
  api.clock.now = START + HOUR;
  await api.store.apply([
    about({ kind: 'Deployment', name: 'shop-api', reason: 'ScalingReplicaSet', second: 10 }),
    about({ kind: 'ReplicaSet', name: 'shop-api-5d4f8c7b9x', reason: 'SuccessfulCreate', second: 11 }),
    about({ kind: 'Pod', name: POD, reason: 'BackOff', second: 60 }),
    about({ kind: 'Pod', name: POD, reason: 'BackOff', second: 120 }),
    about({ kind: 'Pod', name: POD, reason: 'Evicted', second: 180 }),
    about({ kind: 'Pod', name: 'db-0', uid: 'first', reason: 'Killing', second: 20 }),
    about({ kind: 'Pod', name: 'db-0', uid: 'second', reason: 'Started', second: 30 }),
    about({ kind: 'Node', name: 'node-9', namespace: '', reason: 'NodeNotReady', second: 40 }),
  ]);
  return api;
}

describe('/timeline', () => {
  test('has a lane a workload, with its revisions in columns', async () => {
    const api = await incident();
    const { data } = (await api.ask('/timeline')).body;
    expect(data.lanes).toMatchObject([
      { id: 'prod/shop/shop-api', kind: 'Deployment', namespace: 'shop', name: 'shop-api', count: 5, linkedBy: 'name' },
      { id: 'prod//Node/node-9', kind: 'Node', namespace: '', name: 'node-9', count: 1 },
      { id: 'prod/shop/db', kind: 'StatefulSet', name: 'db', count: 2, linkedBy: 'name' },
    ]);
    expect(data.lanes[1].linkedBy).toBeUndefined();
    const { marks, dict } = data;
    expect(marks.t0).toBe(START + 10_000);
    expect(marks.dt).toEqual([0, 1_000, 9_000, 10_000, 10_000, 20_000, 60_000, 60_000]);
    expect(marks.lane).toEqual([0, 0, 2, 2, 1, 0, 0, 0]);
    expect(marks.reason.map((index: number) => dict.reasons[index])).toEqual(
      'ScalingReplicaSet SuccessfulCreate Killing Started NodeNotReady BackOff BackOff Evicted'.split(' '),
    );
    expect(dict.severities[marks.severity[0]]).toBe('change');
    expect((await api.ask(`/events/${marks.id[0]}`)).body.data.reason).toBe('ScalingReplicaSet');
    expect(data.incarnations).toEqual([]);
  });

  test('opens lanes, and tells the lives of their pods', async () => {
    const api = await incident();
    const { data } = (await api.ask('/timeline?open=prod/shop/db&open=prod/shop/shop-api')).body;
    expect(data.lanes.map(({ id, parent, count }: Record<string, unknown>) => [id, parent, count])).toEqual([
      ['prod/shop/shop-api', undefined, 5],
      [`prod/shop/shop-api//Pod/${POD}`, 'prod/shop/shop-api', 3],
      ['prod//Node/node-9', undefined, 1],
      ['prod/shop/db', undefined, 2],
      ['prod/shop/db//Pod/db-0', 'prod/shop/db', 2],
    ]);
    // Also where all that was linked lies in its opened lanes.
    expect(data.lanes.map(({ linkedBy }: Record<string, unknown>) => linkedBy)).toEqual([
      'name',
      undefined,
      undefined,
      'name',
      undefined,
    ]);
    const start = '2026-01-02T03:00:00.000Z';
    expect(data.incarnations).toEqual([
      { lane: 1, uid: `uid-${POD}`, node: 'node-1', start, end: '2026-01-02T03:03:00.000Z', cause: 'Evicted' },
      { lane: 4, uid: 'first', node: 'node-1', start, end: '2026-01-02T03:00:20.000Z', cause: 'Killing' },
      { lane: 4, uid: 'second', node: 'node-1', start },
    ]);
  });

  test('is by node or namespace too', async () => {
    const api = await incident();
    const lanes = async (query: string) =>
      (await api.ask(`/timeline?${query}`)).body.data.lanes.map(({ id }: { id: string }) => id);
    expect(await lanes('group=node')).toEqual(['prod/node-1', 'prod/node-9']);
    expect(await lanes('group=namespace')).toEqual(['prod/shop', 'prod/default']);
    expect(await lanes('group=node&open=prod/node-1&q=kind:Pod')).toEqual([
      'prod/node-1',
      'prod/node-1//shop/shop-api',
      'prod/node-1//shop/db',
    ]);
  });

  test('tells the lives of pods on lanes of their own alone', async () => {
    const api = await incident();
    const lone = { kind: 'Pod', name: 'lone', uid: 'lone-1', reason: 'Started', second: 50 } as const;
    await api.store.apply([about(lone)]);
    const opened = async (query: string) => {
      const { lanes, incarnations } = (await api.ask(`/timeline?${query}`)).body.data;
      return incarnations.map(({ lane, uid }: { lane: number; uid: string }) => [lanes[lane].name, uid]);
    };
    expect(await opened('group=node&open=prod/node-1')).toEqual([['lone', 'lone-1']]);
    expect(await opened('group=namespace&open=prod/shop')).toEqual([['lone', 'lone-1']]);
  });

  test('tells of how many pods it did not look up where they ran', async () => {
    const api = await servedJson();
    const lives = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) =>
        about({ kind: 'Pod', name: 'db-0', uid: `uid-${from + index}`, reason: 'Started', second: 10 }),
      );
    await api.store.apply(lives(0, 200));
    const asked = async () => (await api.ask('/timeline?open=prod/shop/db')).body.data;
    expect((await asked()).unlocated).toBeUndefined();
    await api.store.apply(lives(200, 203));
    const { incarnations, unlocated } = await asked();
    expect([incarnations.length, unlocated]).toEqual([203, 3]);
    expect(incarnations.filter(({ node }: { node: string }) => node === '')).toHaveLength(3);
  });

  test('counts instead where there are more marks than were asked for', async () => {
    const api = await incident();
    const { data } = (await api.ask('/timeline?max=7&from=2026-01-02T03:00:00Z&to=2026-01-02T03:03:20Z')).body;
    expect(data.marks).toBeUndefined();
    const { t0, stepMs, cells } = data.density;
    expect([t0, stepMs]).toEqual([START, 51]);
    const columns = cells.lane.map((lane: number, index: number) => [
      data.lanes[lane].name,
      Math.round((cells.bucket[index] * stepMs) / 1000),
      cells.count[index],
    ]);
    expect(columns).toContainEqual(['shop-api', 180, 1]);
    expect(columns).toHaveLength(8);
    expect((await api.ask('/timeline?max=8')).body.data.marks.lane).toHaveLength(8);
  });
});

test('/timeline says how far back it came in the time that it was given', async () => {
  const api = await servedJson();
  api.clock.now = START + HOUR;
  await api.commit(Array.from({ length: 2_100 }, (_, index) => ({ resourceVersion: index + 1, second: index })));
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort());
  onTestFinished(() => timeout.mockRestore());
  const cut = (await api.ask('/timeline?timeoutSeconds=7')).body;
  expect(timeout).toHaveBeenCalledWith(7_000);
  expect(cut.leftOut).toEqual({ before: '2026-01-02T03:01:40.000Z' });
});

test('/objects say that they are of the newest revisions, and of how many', async () => {
  const api = await servedJson();
  api.clock.now = START + HOUR;
  await api.commit(Array.from({ length: 5 }, (_, second) => ({ object: 0, resourceVersion: second + 1, second })));
  const { kind, namespace, name } = (await api.ask('/events?limit=1')).body.data.rows[0].object;
  const path = `/objects/${kind}/${namespace}/${name}`;
  const cut = (await api.ask(`${path}?max=3`)).body;
  expect([cut.leftOut, cut.lowerBound]).toEqual([{ before: '2026-01-02T03:00:02.000Z', revisions: 3 }, true]);
  expect(cut.data.marks.dt).toHaveLength(3);
  const whole = (await api.ask(`${path}?max=5`)).body;
  expect([whole.leftOut, whole.data.marks.dt.length]).toEqual([undefined, 5]);
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort());
  onTestFinished(() => timeout.mockRestore());
  const late = (await api.ask(`${path}?timeoutSeconds=7`)).body;
  expect(timeout).toHaveBeenCalledWith(7_000);
  expect(late.leftOut).toMatchObject({ before: expect.any(String) });
  expect(late.leftOut).not.toHaveProperty('revisions');
});

describe('/objects and /workloads', () => {
  test('tell the lives of an object, why it was spoken of, and its owners by name', async () => {
    const api = await incident();
    const { data } = (await api.ask(`/objects/Pod/shop/${POD}`)).body;
    expect(data).toMatchObject({
      object: { kind: 'Pod', namespace: 'shop', name: POD },
      owners: [
        { kind: 'ReplicaSet', namespace: 'shop', name: 'shop-api-5d4f8c7b9x' },
        { kind: 'Deployment', namespace: 'shop', name: 'shop-api' },
      ],
      linkedBy: 'name',
      node: 'node-1',
      occurrences: 3,
      incarnations: [{ cluster: 'prod', kind: 'Pod', name: POD, uid: `uid-${POD}`, cause: 'Evicted', occurrences: 3 }],
      more: 0,
      reasons: [
        { reason: 'BackOff', severity: 'critical', occurrences: 2, last: '2026-01-02T03:02:00.000Z' },
        { reason: 'Evicted', severity: 'critical', occurrences: 1 },
      ],
    });
    const node = (await api.ask('/objects/Node/-/node-9')).body.data;
    expect([node.occurrences, node.owners, node.linkedBy]).toEqual([1, [], undefined]);
    expect((await api.ask('/objects/Pod/other/db-0')).body.data.incarnations).toEqual([]);
  });

  test('tell of a workload what happened to all that belongs to it', async () => {
    const api = await incident();
    const { data } = (await api.ask('/workloads/Deployment/shop/shop-api')).body;
    expect([data.occurrences, data.linkedBy]).toEqual([5, 'name']);
    expect(data.incarnations.map(({ kind }: { kind: string }) => kind)).toEqual(['Pod', 'ReplicaSet', 'Deployment']);
    const { marks, dict } = data;
    expect(marks.t0).toBe(START + 10_000);
    expect(marks.dt).toEqual([0, 1_000, 49_000, 60_000, 60_000]);
    expect(marks.lane).toEqual([2, 1, 0, 0, 0]);
    expect(marks.reason.map((index: number) => dict.reasons[index])).toEqual(
      'ScalingReplicaSet SuccessfulCreate BackOff BackOff Evicted'.split(' '),
    );
    expect(marks.id).toHaveLength(5);
    expect((await api.ask('/workloads/-/shop/db')).body.data.incarnations).toHaveLength(2);
    expect((await api.ask('/workloads/Deployment/shop/db')).body.data.incarnations).toEqual([]);
  });

  test('go by owner references where those are remembered', async () => {
    const api = await incident();
    const named = (kind: string, name: string) => ({ kind, name });
    const owners = [named('ReplicaSet', 'shop-api-5d4f8c7b9x'), named('Rollout', 'front')];
    await api.store.addOwners([
      { cluster: 'prod', kind: 'Pod', namespace: 'shop', name: POD, uid: `uid-${POD}`, owners },
    ]);
    const { lanes } = (await api.ask('/timeline')).body.data;
    const ofShop = lanes.filter(({ name }: { name: string }) => name !== 'db' && name !== 'node-9');
    expect(ofShop).toMatchObject([
      { id: 'prod/shop/Rollout/front', kind: 'Rollout', count: 3, linkedBy: 'owner' },
      { id: 'prod/shop/shop-api', kind: 'Deployment', count: 2, linkedBy: 'name' },
    ]);
    const pod = (await api.ask(`/objects/Pod/shop/${POD}`)).body.data;
    expect([pod.owners.at(-1).name, pod.linkedBy]).toEqual(['front', 'owner']);
    const rollout = (await api.ask('/workloads/Rollout/shop/front')).body.data;
    expect([rollout.occurrences, rollout.owners, rollout.linkedBy]).toEqual([3, [], 'owner']);
    const mixed = (await api.ask('/workloads/ReplicaSet/shop/shop-api-5d4f8c7b9x')).body.data;
    expect([mixed.occurrences, mixed.linkedBy]).toEqual([4, 'name']);
    const { rows } = (await api.ask('/events?q=workload:front')).body.data;
    expect(rows.map(({ object }: { object: object }) => object)).toMatchObject([{ owners }, { owners }, { owners }]);
    const completed = async (field: string) => (await api.ask(`/complete?field=${field}&prefix=fro`)).body.data;
    expect(await completed('workload')).toEqual([{ value: 'front', occurrences: 3 }]);
    expect(await completed('name')).toEqual([]);
  });

  test('say how far back they came when the time was up', async () => {
    const api = await servedJson();
    api.clock.now = START + HOUR;
    await api.commit(Array.from({ length: 700 }, (_, index) => ({ resourceVersion: index + 1, second: index })));
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort());
    onTestFinished(() => timeout.mockRestore());
    const cut = (await api.ask('/workloads/-/shop/web')).body;
    expect([cut.data.occurrences, cut.leftOut]).toEqual([500, { before: '2026-01-02T03:03:20.000Z' }]);
    const whole = (await api.ask('/workloads/-/shop/web')).body;
    expect([whole.data.occurrences, whole.leftOut]).toEqual([700, undefined]);
  });

  test('have a story, page by page', async () => {
    const api = await incident();
    const first = (await api.ask('/workloads/Deployment/shop/shop-api/story?limit=4')).body.data;
    const second = (await api.ask(`/workloads/Deployment/shop/shop-api/story?cursor=${first.next}`)).body.data;
    const reasons = [...first.rows, ...second.rows].map(({ reason }: { reason: string }) => reason);
    expect(reasons).toEqual(['Evicted', 'BackOff', 'BackOff', 'SuccessfulCreate', 'ScalingReplicaSet']);
    expect(idsOf((await api.ask(`/objects/Pod/shop/db-0/story`)).body.data.rows)).toHaveLength(2);
  });

  test('take the right to read the namespace of the object, and no more', async () => {
    const asked: (string | undefined)[] = [];
    const api = await servedJson({
      access: {
        path: async () => {},
        events: async ({ namespace }) => {
          asked.push(namespace);
          if (namespace !== 'shop') throw new StatusError(failure(403, 'you may not', { reason: 'Forbidden' }));
          return {};
        },
      },
    });
    await api.store.apply([about({ kind: 'Pod', name: 'db-0', reason: 'Started', second: 0 })]);
    expect((await api.ask('/objects/Pod/shop/db-0')).body.data.occurrences).toBe(1);
    expect((await api.ask('/objects/Pod/shop/db-0/story')).status).toBe(200);
    expect((await api.ask('/workloads/-/bank/db')).status).toBe(403);
    expect((await api.ask('/objects/Node/-/node-9')).status).toBe(403);
    expect(asked).toEqual(['shop', 'shop', 'bank', undefined]);
  });
});
