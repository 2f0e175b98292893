/**
 * What there is, as clients ask for it before anything else: events in two groups, to be read.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
import { parseAccept } from './media-type.ts';

const VERBS = ['get', 'list', 'watch'];

const RESOURCE = {
  name: 'events',
  singularName: 'event',
  namespaced: true,
  kind: 'Event',
  verbs: VERBS,
  shortNames: ['ev'],
};

const VERSION = { groupVersion: 'events.k8s.io/v1', version: 'v1' };
const GROUP = { name: 'events.k8s.io', versions: [VERSION], preferredVersion: VERSION };

const DOCUMENTS: ReadonlyMap<string, object> = new Map<string, object>([
  ['/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources: [RESOURCE] }],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: [GROUP] }],
  ['/apis/events.k8s.io', { kind: 'APIGroup', apiVersion: 'v1', ...GROUP }],
  [
    '/apis/events.k8s.io/v1',
    { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'events.k8s.io/v1', resources: [RESOURCE] },
  ],
]);

/** All of a root at once: https://github.com/kubernetes/api/blob/v0.35.4/apidiscovery/v2/types.go */
const AGGREGATED: ReadonlyMap<string, string> = new Map([
  ['/api', ''],
  ['/apis', 'events.k8s.io'],
]);

/** The Kubernetes whose API of events this is: clients look what they may expect of it. */
export const KUBERNETES = { major: '1', minor: '35' };

export interface Document {
  readonly body: object;
  readonly contentType: string;
}

/** The document at a path, if there is one. `server` is where the client is, as `host:port`. */
export function discovery(path: string, accept: string | undefined, server: string): Document | undefined {
  const name = path.replace(/\/$/, '');
  const group = AGGREGATED.get(name);
  const version = group === undefined ? undefined : aggregatedVersion(accept);
  if (group !== undefined && version !== undefined) {
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return { body: aggregated(group, version), contentType };
  }
  const body = name === '/api' ? versionsOf(server) : DOCUMENTS.get(name);
  return body && { body, contentType: 'application/json' };
}

function versionsOf(server: string): object {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: server }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json') continue;
    const version = parameters.get('v');
    if (!parameters.has('as')) return undefined;
    if (parameters.get('g') !== 'apidiscovery.k8s.io' || parameters.get('as') !== 'APIGroupDiscoveryList') continue;
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

function aggregated(group: string, version: string): object {
  const resource = {
    resource: RESOURCE.name,
    responseKind: { group: '', version: '', kind: RESOURCE.kind },
    scope: 'Namespaced',
    singularResource: RESOURCE.singularName,
    verbs: VERBS,
    shortNames: RESOURCE.shortNames,
  };
  const versions = [{ version: 'v1', resources: [resource], freshness: 'Current' }];
  const metadata = group === '' ? {} : { name: group };
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: [{ metadata, versions }],
  };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/ (version.Info) */
export function versionInfo(gitVersion: string): object {
  return {
    ...KUBERNETES,
    gitVersion: `v${KUBERNETES.major}.${KUBERNETES.minor}.0+tidings-${gitVersion}`,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '',
    goVersion: '',
    compiler: '',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
