import { describe, expect, test, vi } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { EVENTS, HOUR, served, WINDOW, watch } from '../../../test/helpers/served-events.ts';
import type { EventRecord } from '../../core/record.ts';

function end(event: number, resourceVersion: number): EventRecord {
  return revision({ event, resourceVersion, object: 1, second: 0, count: 1 });
}

describe('a watch', () => {
  test('begins with the state and goes on with what is committed', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    const open = await watch(server, 'allowWatchBookmarks=true');
    expect(await open.brought(2)).toEqual(['ADDED 10', 'BOOKMARK 10']);
    await server.commit([
      { event: 1, resourceVersion: 11, count: 2 },
      { event: 2, resourceVersion: 12 },
    ]);
    expect(await open.brought(4)).toEqual(['ADDED 10', 'BOOKMARK 10', 'MODIFIED 11', 'ADDED 12']);
  });

  test('resumes from a version, in the order of versions, whatever the order of commits', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    // A list brings them by name, and its position when it has ended.
    await server.commit(
      [
        { event: 3, resourceVersion: 30 },
        { event: 2, resourceVersion: 20 },
      ],
      { position: '10' },
    );
    const open = await watch(server, 'resourceVersion=10');
    await server.commit([{ event: 1, resourceVersion: 25, count: 2 }], { position: '40' });
    expect(await open.brought(3)).toEqual(['ADDED 20', 'MODIFIED 25', 'ADDED 30']);
  });

  test('sends DELETED for what leaves the window, under the version it has reached', async () => {
    const server = await served();
    await server.commit([
      { event: 1, resourceVersion: 10, second: 0 },
      { event: 2, resourceVersion: 11, second: 60 },
    ]);
    const open = await watch(server, 'resourceVersion=11');
    server.clock.now = START + WINDOW + 30_000;
    expect(await open.brought(1)).toEqual(['DELETED 11']);
    server.clock.now = START + WINDOW + 90_000;
    expect(await open.brought(2)).toEqual(['DELETED 11', 'DELETED 11']);
    await server.commit([{ event: 1, resourceVersion: 12, count: 2 }]);
    expect(await open.brought(3)).toEqual(['DELETED 11', 'DELETED 11', 'ADDED 12']);
  });

  test('sends DELETED first for what left the window while nobody was connected', async () => {
    const server = await served();
    server.clock.now = START;
    await server.commit([{ event: 1, resourceVersion: 10, second: -WINDOW / 1000 + 10 }]);
    await server.commit([{ event: 2, resourceVersion: 11, second: 0 }]);
    server.clock.now = START + 60_000;
    await server.commit([{ event: 3, resourceVersion: 12 }]);
    const open = await watch(server, 'resourceVersion=11');
    expect(await open.brought(2)).toEqual(['DELETED 11', 'ADDED 12']);
  });

  test('has expired when its version was reached before the window began, and something happened since', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    await server.commit([{ event: 2, resourceVersion: 11 }]);
    expect(await (await watch(server, 'resourceVersion=9')).brought(1)).toEqual(['ERROR 410']);
    server.clock.now += WINDOW + HOUR;
    expect(await (await watch(server, 'resourceVersion=10')).brought(1)).toEqual(['ERROR 410']);
    const last = await watch(server, 'resourceVersion=11');
    await server.commit([{ event: 3, resourceVersion: 20 }]);
    expect(await last.brought(3)).toEqual(['DELETED 11', 'DELETED 11', 'ADDED 20']);
  });

  test('shows what comes to match its selectors as ADDED, and what ceases to as DELETED', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10, reason: 'Pulled' }]);
    const open = await watch(server, `resourceVersion=10&fieldSelector=${encodeURIComponent('reason=BackOff')}`);
    await server.commit([{ event: 1, resourceVersion: 11, reason: 'BackOff' }]);
    await server.commit([{ event: 1, resourceVersion: 12, reason: 'Pulled' }]);
    await server.commit([{ event: 2, resourceVersion: 13, reason: 'BackOff', namespace: 'bank' }]);
    expect(await open.brought(3)).toEqual(['ADDED 11', 'DELETED 12', 'ADDED 13']);
    const ofShop = await watch(server, 'resourceVersion=10', '/apis/events.k8s.io/v1/namespaces/shop/events');
    expect(await ofShop.brought(2)).toEqual(['MODIFIED 11', 'MODIFIED 12']);
  });

  test('sends DELETED for what somebody deleted, under the version of the delete and in its place', async () => {
    const server = await served();
    await server.commit([
      { event: 1, resourceVersion: 10 },
      { event: 2, resourceVersion: 11, reason: 'Pulled' },
      { event: 3, resourceVersion: 12, second: -WINDOW / 1000 },
    ]);
    const [all, ofReason] = await Promise.all([
      watch(server, 'resourceVersion=12'),
      watch(server, `resourceVersion=12&fieldSelector=${encodeURIComponent('reason=BackOff')}`),
    ]);
    await server.commit([{ event: 4, resourceVersion: 15 }], {
      deletions: [end(2, 16), end(1, 14), end(3, 13)],
      position: '16',
    });
    // The third had left the window before anybody watched.
    expect(await all.brought(3)).toEqual(['DELETED 14', 'ADDED 15', 'DELETED 16']);
    expect(await ofReason.brought(2)).toEqual(['DELETED 14', 'ADDED 15']);
    const again = await watch(server, 'resourceVersion=14');
    expect(await again.brought(2)).toEqual(['ADDED 15', 'DELETED 16']);
  });

  test('is the same for all who watch the same, and its own for those who do not', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10, second: -WINDOW / 1000 + 3_700 }]);
    const reason = `resourceVersion=10&fieldSelector=${encodeURIComponent('reason=BackOff')}`;
    const open = await Promise.all(
      ['resourceVersion=10', 'resourceVersion=10', reason, reason].map((query) => watch(server, query)),
    );
    const ofBank = await watch(server, 'resourceVersion=10', '/api/v1/namespaces/bank/events');
    await server.commit([
      { event: 2, resourceVersion: 11, reason: 'Pulled' },
      { event: 3, resourceVersion: 12, reason: 'BackOff', namespace: 'bank' },
    ]);
    await Promise.all(open.map((one, index) => one.brought(index < 2 ? 2 : 1)));
    server.clock.now += 101_000;
    const all = ['ADDED 11', 'ADDED 12', 'DELETED 12'];
    const backOff = ['ADDED 12', 'DELETED 12'];
    const brought = await Promise.all(open.map((one, index) => one.brought(index < 2 ? 3 : 2)));
    expect(brought).toEqual([all, all, backOff, backOff]);
    expect(await ofBank.brought(1)).toEqual(['ADDED 12']);
  });

  test('tells the columns of a table once', async () => {
    const server = await served();
    await server.commit([{ resourceVersion: 10 }]);
    const query = 'watch=1&resourceVersion=10&timeoutSeconds=2';
    const asTable = { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
    const answers = [1, 2].map(() => fetch(`${server.url}${EVENTS}?${query}`, { headers: asTable }));
    await Promise.all(answers);
    await server.commit([{ resourceVersion: 11 }, { resourceVersion: 12 }]);
    for (const answer of answers) {
      const lines = (await (await answer).text()).trimEnd().split('\n');
      const frames = lines.map((line) => JSON.parse(line) as { object: { columnDefinitions: unknown[] | null } });
      expect(frames.map(({ object }) => object.columnDefinitions?.length)).toEqual([10, undefined]);
    }
  });

  test('ends with 410 when the cluster is rewound', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 900 }]);
    const open = await watch(server, 'resourceVersion=900');
    await server.commit([{ event: 2, resourceVersion: 500 }], { epoch: 2 });
    expect(await open.brought(1)).toEqual(['ERROR 410']);
    await vi.waitFor(() => expect(open.hasEnded()).toBe(true));
  });

  test('ends properly after its time, and when the server closes', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    const short = await watch(server, 'resourceVersion=10&timeoutSeconds=1');
    await vi.waitFor(() => expect(short.hasEnded()).toBe(true), 5_000);
    const long = await watch(server, 'resourceVersion=10');
    await server.api.close();
    await vi.waitFor(() => expect(long.hasEnded()).toBe(true));
  });
});
