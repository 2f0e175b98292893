import { describe, expect, test } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { HOUR, idsOf, servedJson } from '../../../test/helpers/served-json.ts';
import type { EventRow } from './answers.ts';

const uid = revision({ event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 }).body.metadata.uid;

describe('a list of events', () => {
  test('has one row a revision, newest first, and /series one an event', async () => {
    const api = await servedJson();
    await api.commit([
      { event: 1, resourceVersion: 10, second: 0, count: 1 },
      { event: 1, resourceVersion: 12, second: 60, count: 4 },
      { event: 2, resourceVersion: 11, second: 30, reason: 'Pulled', type: 'Normal', namespace: 'bank' },
    ]);
    const { status, body } = await api.ask('/events');
    expect(status).toBe(200);
    expect(idsOf(body.data.rows)).toEqual(['12', '11', '10']);
    expect(body.data.rows[0]).toEqual({
      id: `${uid}/12`,
      cluster: 'prod',
      uid,
      severity: 'critical',
      type: 'Warning',
      reason: 'BackOff',
      namespace: 'shop',
      object: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: expect.any(String) },
      node: 'node-1',
      source: 'kubelet',
      first: '2026-01-02T03:00:00.000Z',
      last: '2026-01-02T03:01:00.000Z',
      count: 4,
      delta: 3,
      message: expect.stringContaining('Back-off'),
      messageBytes: expect.any(Number),
    });
    expect(idsOf((await api.ask('/series')).body.data.rows)).toEqual(['12', '11']);
  });

  test('keeps what somebody deleted, and says when', async () => {
    const api = await servedJson();
    const end = revision({ event: 11, resourceVersion: 20, object: 1, second: 0, count: 1 }, { receivedAt: START + 5 });
    await api.commit([{ resourceVersion: 10 }, { resourceVersion: 11 }], { deletions: [end] });
    const { rows } = (await api.ask('/events')).body.data;
    expect(rows.map(({ id, deleted }: EventRow) => [id.split('/')[1], deleted])).toEqual([
      ['11', '2026-01-02T03:00:00.005Z'],
      ['10', undefined],
    ]);
    expect((await api.ask(`/events/${rows[0].id}`)).body.data.deleted).toBe('2026-01-02T03:00:00.005Z');
  });

  test('is of a range, of clusters and namespaces, and of what filters let through', async () => {
    const api = await servedJson();
    await api.commit([
      { resourceVersion: 10, second: 0 },
      { resourceVersion: 11, second: 600, reason: 'Pulled', type: 'Normal' },
      { resourceVersion: 12, second: 1200, namespace: 'bank' },
    ]);
    await api.commit([{ resourceVersion: 20, second: 1800 }], { cluster: 'test' });
    const ids = async (query: string) => idsOf((await api.ask(`/events?${query}`)).body.data.rows);
    expect(await ids('')).toEqual(['20', '12', '11', '10']);
    expect(await ids('from=2026-01-02T03:10:00Z&to=2026-01-02T04:20:00%2B01:00')).toEqual(['12', '11']);
    expect(await ids('from=now-50m&to=now-40m')).toEqual(['12', '11']);
    expect(await ids('cluster=test')).toEqual(['20']);
    expect(await ids('namespace=bank&namespace=shop&cluster=prod')).toEqual(['12', '11', '10']);
    expect(await ids('q=reason:BackOff+-namespace:bank')).toEqual(['20', '10']);
    expect(await ids(`cel=${encodeURIComponent('event.type == "Normal"')}`)).toEqual(['11']);
    expect(await ids(`q=namespace:shop&cel=${encodeURIComponent('cluster == "prod" && event.count == 1')}`)).toEqual([
      '11',
      '10',
    ]);
  });

  test('is of one object', async () => {
    const api = await servedJson();
    await api.commit([
      { event: 1, resourceVersion: 10, second: 0, object: 1 },
      { event: 1, resourceVersion: 11, second: 60, object: 1 },
      { event: 2, resourceVersion: 12, second: 70, object: 2 },
      { event: 3, resourceVersion: 13, second: 80, object: 1, kind: 'StatefulSet' },
    ]);
    const ids = async (query: string) => idsOf((await api.ask(`/events?${query}`)).body.data.rows);
    expect(await ids('object=pod/web-1')).toEqual(['11', '10']);
    expect(await ids('object=/web-1&limit=2')).toEqual(['13', '11']);
    expect(await ids('object=Pod/web-1&objectUid=other')).toEqual([]);
    expect((await api.ask('/events?object=web-1')).body).toMatchObject({ status: 400, parameter: 'object' });
    expect((await api.ask('/series?objectUid=x')).body).toMatchObject({ status: 400, parameter: 'objectUid' });
  });

  test('is read page by page as of the first page, whose range it keeps', async () => {
    const api = await servedJson();
    await api.commit([10, 11, 12, 13].map((resourceVersion) => ({ resourceVersion, second: resourceVersion })));
    const first = (await api.ask('/events?limit=3&from=now-1h')).body;
    expect(idsOf(first.data.rows)).toEqual(['13', '12', '11']);
    api.clock.now += 2 * HOUR;
    await api.commit([{ resourceVersion: 20, second: 5 }]);
    const second = (await api.ask(`/events?limit=3&from=now-1h&cursor=${first.data.next}`)).body;
    expect(idsOf(second.data.rows)).toEqual(['10']);
    expect(second.data.next).toBeUndefined();
    expect(second.range).toEqual(first.range);
  });

  test('cuts long messages between characters, and gives them whole with the event', async () => {
    const api = await servedJson();
    const record = revision({ event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 });
    const message = `a${'ä'.repeat(400)}`;
    await api.store.apply([{ ...record, body: { ...record.body, message } }]);
    const [row] = (await api.ask('/events')).body.data.rows;
    expect([row.message, row.messageBytes]).toEqual([`a${'ä'.repeat(255)}`, 801]);
    expect((await api.ask(`/events/${row.id}`)).body.data.message).toBe(message);
  });
});

describe('an event', () => {
  test('comes in full, with its stored revisions', async () => {
    const api = await servedJson();
    await api.commit([
      { event: 1, resourceVersion: 10, second: 0, count: 1 },
      { event: 1, resourceVersion: 12, second: 60, count: 4 },
      { event: 2, resourceVersion: 11 },
    ]);
    const { status, body } = await api.ask(`/events/${uid}/10`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      id: `${uid}/10`,
      origin: 'watch',
      raw: { kind: 'Event', apiVersion: 'v1', metadata: { uid, resourceVersion: '10' } },
      revisions: [
        { id: `${uid}/12`, last: '2026-01-02T03:01:00.000Z', count: 4, delta: 3 },
        { id: `${uid}/10`, last: '2026-01-02T03:00:00.000Z', count: 1, delta: 1 },
      ],
    });
    expect((await api.ask(`/events/${uid}/11`)).status).toBe(404);
    expect((await api.ask('/events/nobody/11')).status).toBe(404);
  });
});
