import { expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import type { OwnedObject } from '../component/history.ts';
import type { InvolvedObject, ObjectOwner } from '../component/message.ts';
import { RememberedOwners } from './remembered-owners.ts';

const BARE: InvolvedObject = { labels: {}, annotations: {}, owners: [], deleted: false };

function owner(kind: string, name: string, controller = true): ObjectOwner {
  return { apiVersion: 'apps/v1', kind, name, uid: `${kind}-uid`, controller };
}

function remembering(objects: readonly (InvolvedObject | undefined)[], fails = { times: 0 }) {
  const written: (readonly OwnedObject[])[] = [];
  const warnings: unknown[] = [];
  const owners = new RememberedOwners({
    objects: { lookUp: async (records) => records.map((_, index) => objects[index]), close: async () => {} },
    async addOwners(owned) {
      if (fails.times-- > 0) throw new Error('the disk is full');
      written.push(owned);
    },
    logger: { warn: (problem: unknown) => void warnings.push(problem) },
  });
  return { owners, written, warnings };
}

const first = revision({ event: 1, object: 1, resourceVersion: 1, second: 0, count: 1 });
const second = revision({ event: 2, object: 2, resourceVersion: 2, second: 0, count: 1 });

test('RememberedOwners writes the controllers of what was looked up once, and again when they change', async () => {
  const pod = { ...BARE, owners: [owner('ReplicaSet', 'web-a'), owner('Policy', 'p', false), owner('Rollout', 'web')] };
  const objects = [pod, pod];
  const { owners, written } = remembering(objects);
  expect(await owners.lookUp([first, first])).toEqual([pod, pod]);
  await owners.lookUp([first]);
  const { kind, namespace, name, uid } = first.subject;
  const known = [
    { kind: 'ReplicaSet', name: 'web-a' },
    { kind: 'Rollout', name: 'web' },
  ];
  expect(written).toEqual([[{ cluster: first.cluster, kind, namespace, name, uid, owners: known }]]);
  objects[0] = { ...pod, owners: [owner('ReplicaSet', 'web-b')] };
  await owners.lookUp([first]);
  expect(written.at(-1)?.map((owned) => owned.owners)).toEqual([[{ kind: 'ReplicaSet', name: 'web-b' }]]);
});

test('RememberedOwners says that nobody owns an object where its name says otherwise, and nothing of one that is gone', async () => {
  const { owners, written } = remembering([BARE, { ...BARE, deleted: true }, undefined]);
  await owners.lookUp([first, second, second]);
  // Called like one of a StatefulSet.
  expect(written.flat().map(({ name, owners }) => [name, owners])).toEqual([['web-1', []]]);
});

test('RememberedOwners tries again what could not be written', async () => {
  const fails = { times: 1 };
  const { owners, written, warnings } = remembering([{ ...BARE, owners: [owner('ReplicaSet', 'web-a')] }], fails);
  await owners.lookUp([first]);
  await owners.lookUp([first]);
  await owners.lookUp([first]);
  expect(warnings).toEqual([{ problem: 'the disk is full' }]);
  expect(written).toHaveLength(1);
});
