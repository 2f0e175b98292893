/** What the API server says about itself, in so far as it is about events and the objects they are about. */
import { RESOURCES } from './_resources.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const EVENTS = {
  name: 'events',
  singularName: 'event',
  namespaced: true,
  kind: 'Event',
  verbs: VERBS,
  shortNames: ['ev'],
  storageVersionHash: 'r2yiGXH7wu8=',
};

const EVENTS_VERSION = { groupVersion: 'events.k8s.io/v1', version: 'v1' };
const EVENTS_GROUP = { name: 'events.k8s.io', versions: [EVENTS_VERSION], preferredVersion: EVENTS_VERSION };

const DOCUMENTS: ReadonlyMap<string, object> = new Map<string, object>([
  [
    '/api',
    {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
    },
  ],
  ['/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources: [EVENTS, ...resourcesOf('v1')] }],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: [EVENTS_GROUP, groupOf('apps'), groupOf('batch')] }],
  ['/apis/events.k8s.io', { kind: 'APIGroup', apiVersion: 'v1', ...EVENTS_GROUP }],
  [
    '/apis/events.k8s.io/v1',
    { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'events.k8s.io/v1', resources: [EVENTS] },
  ],
  ...['apps/v1', 'batch/v1'].map((groupVersion): [string, object] => [
    `/apis/${groupVersion}`,
    { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: resourcesOf(groupVersion) },
  ]),
  [
    '/version',
    {
      major: '1',
      minor: '35',
      emulationMajor: '1',
      emulationMinor: '35',
      minCompatibilityMajor: '1',
      minCompatibilityMinor: '34',
      gitVersion: 'v1.35.4',
      gitCommit: 'simulated',
      gitTreeState: 'clean',
      buildDate: '1970-01-01T00:00:00Z',
      goVersion: 'go1.25.0',
      compiler: 'gc',
      platform: 'linux/amd64',
    },
  ],
]);

function groupOf(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourcesOf(groupVersion: string): object[] {
  return RESOURCES.filter((resource) => resource.groupVersion === groupVersion).map(({ name, kind, namespaced }) => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: VERBS,
  }));
}

/** The document at a path, if that is one. */
export function discovery(path: string): object | undefined {
  return DOCUMENTS.get(path);
}

/** The namespace whose UID stands for the cluster's. */
export function kubeSystem(uid: string, createdAt: string): object {
  const labels = { 'kubernetes.io/metadata.name': 'kube-system' };
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name: 'kube-system', uid, resourceVersion: '3', creationTimestamp: createdAt, labels },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
