import { expect, test } from 'vitest';
import { belongsTo, ownersByName, workloadByName } from './workload.ts';

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
])('workloadByName takes %s %s for %s %s', (kind, name, ownerKind, owner) => {
  expect(workloadByName({ kind, namespace: 'shop', name })).toEqual({
    kind: ownerKind,
    namespace: 'shop',
    name: owner,
  });
});

test('ownersByName gives the way to the workload', () => {
  const chain = ownersByName({ kind: 'Pod', namespace: 'shop', name: 'web-5d4f8c7b9x-x7k2p' });
  expect(chain.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
    'Pod/web-5d4f8c7b9x-x7k2p',
    'ReplicaSet/web-5d4f8c7b9x',
    'Deployment/web',
  ]);
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
