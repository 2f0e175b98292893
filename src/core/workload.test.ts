import { describe, expect, test } from 'vitest';
import { belongsTo, type NamedObject, ownershipOf, workloadOf } from './workload.ts';

test.each([
  ['Pod', 'web-5d4f8c7b9x-x7k2p', 'Deployment', 'web'],
  ['Pod', 'db-0', 'StatefulSet', 'db'],
  ['Pod', 'agent-x7k2p', '', 'agent'],
  ['Pod', 'backup-29012345-x7k2p', 'CronJob', 'backup'],
  ['Pod', 'web', 'Pod', 'web'],
  ['Pod', 'web-abcde', 'Pod', 'web-abcde'],
  ['ReplicaSet', 'web-5d4f8c7b9x', 'Deployment', 'web'],
  ['Job', 'backup-29012345', 'CronJob', 'backup'],
  ['Job', 'migrate', 'Job', 'migrate'],
  ['Node', 'node-1', 'Node', 'node-1'],
])('workloadOf takes %s %s for %s %s', (kind, name, ownerKind, owner) => {
  expect(workloadOf({ kind, namespace: 'shop', name })).toEqual({
    kind: ownerKind,
    namespace: 'shop',
    name: owner,
  });
});

const POD = { kind: 'Pod', namespace: 'shop', name: 'web-5d4f8c7b9x-x7k2p' };

function wayOf(object: NamedObject) {
  const { chain, linkedBy } = ownershipOf(object);
  return [...chain.map(({ kind, name }) => `${kind}/${name}`), linkedBy];
}

describe('ownershipOf gives the way to the workload', () => {
  const replicaSet = { kind: 'ReplicaSet', name: 'web-5d4f8c7b9x' };
  const rollout = { kind: 'Rollout', name: 'front' };

  test.each<[string, NamedObject, ...(string | undefined)[]]>([
    ['by names', POD, 'Pod/web-5d4f8c7b9x-x7k2p', 'ReplicaSet/web-5d4f8c7b9x', 'Deployment/web', 'name'],
    [
      'by what owns it, whatever its name',
      { ...POD, owners: [replicaSet, rollout] },
      'Pod/web-5d4f8c7b9x-x7k2p',
      'ReplicaSet/web-5d4f8c7b9x',
      'Rollout/front',
      'owner',
    ],
    [
      'by names from where nothing more is known',
      { ...POD, owners: [replicaSet] },
      'Pod/web-5d4f8c7b9x-x7k2p',
      'ReplicaSet/web-5d4f8c7b9x',
      'Deployment/web',
      'name',
    ],
    ['that ends at once where nobody owns it', { ...POD, owners: [] }, 'Pod/web-5d4f8c7b9x-x7k2p', undefined],
  ])('%s', (_, object, ...way) => {
    expect(wayOf(object)).toEqual(way);
  });
});

test.each([
  ['Pod', 'web-5d4f8c7b9x-x7k2p', 'deployment', 'web', true],
  ['Pod', 'web-5d4f8c7b9x-x7k2p', 'ReplicaSet', 'web-5d4f8c7b9x', true],
  ['Pod', 'web-5d4f8c7b9x-x7k2p', undefined, 'web', true],
  ['Pod', 'web-x7k2p', 'DaemonSet', 'web', true],
  ['Pod', 'web-x7k2p', 'Deployment', 'web', false],
  ['Pod', 'web-x7k2p', 'Deployment', 'other', false],
  ['Deployment', 'web', 'Deployment', 'web', true],
  ['HorizontalPodAutoscaler', 'web', 'Deployment', 'web', false],
])('belongsTo takes %s %s for one of %s %s: %s', (kind, name, ofKind, ofName, expected) => {
  const workload = { name: ofName, ...(ofKind !== undefined && { kind: ofKind }) };
  expect(belongsTo({ kind, namespace: 'shop', name }, workload)).toBe(expected);
});

test('belongsTo takes for its own what a workload owns, and no other of that name', () => {
  const owned = { ...POD, owners: [{ kind: 'Rollout', name: 'front' }] };
  expect(belongsTo(owned, { kind: 'Rollout', name: 'front' })).toBe(true);
  expect(belongsTo(owned, { kind: 'Deployment', name: 'web' })).toBe(false);
});
