/**
 * Appends to a store for ever, until it is killed: `crash-writer.ts FILE`. After each commit it prints how many
 * revisions are acknowledged. It goes on from the committed position, and offers what lies just before it again.
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { revision } from '../contract/event-arbitrary.ts';

const OFFERED_AGAIN = 30;
const [path = ''] = process.argv.slice(2);
const store = openSqliteStore({ path });
const { positions } = await store.register({ name: 'prod' });
let next = Number(positions.get('*')?.resourceVersion ?? -1) + 1;
for (;;) {
  const from = Math.max(next - OFFERED_AGAIN, 0);
  const to = next + 1 + Math.floor(Math.random() * 300);
  const records = Array.from({ length: to - from }, (_, index) => crashRevision(from + index));
  await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records, position: String(to - 1) }]);
  if (next % 5 === 0) await store.acknowledge(new Map([['sink', await store.end()]]));
  next = to;
  writeSync(1, `${next}\n`);
}

/** Every event has three revisions, some of them in one batch and some in two. */
function crashRevision(n: number) {
  return revision({
    event: Math.floor(n / 3),
    object: Math.floor(n / 3) % 30,
    resourceVersion: n,
    second: n,
    count: (n % 3) + 1,
  });
}
