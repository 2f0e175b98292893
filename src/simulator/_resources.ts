/** The kinds of objects that the simulated cluster has, beside events. */

export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly groupVersion: string;
  readonly kind: string;
  /** As in paths: the plural. */
  readonly name: string;
  readonly namespaced: boolean;
}

function resource(groupVersion: string, kind: string, namespaced = true): ApiResource {
  const group = groupVersion.includes('/') ? (groupVersion.split('/')[0] ?? '') : '';
  return { group, groupVersion, kind, name: `${kind.toLowerCase()}s`, namespaced };
}

export const RESOURCES: readonly ApiResource[] = [
  resource('v1', 'Node', false),
  resource('v1', 'Pod'),
  resource('apps/v1', 'Deployment'),
  resource('apps/v1', 'ReplicaSet'),
  resource('apps/v1', 'StatefulSet'),
  resource('batch/v1', 'CronJob'),
  resource('batch/v1', 'Job'),
];
