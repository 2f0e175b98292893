/**
 * What there is, as clients ask for it before anything else: events in two groups, to be read.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
import { parseAccept, requirePlainJson } from './media-type.ts';

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
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The document at a path, if there is one. `server` is where the client is, as `host:port`. Throws {@link StatusError} 406
 * for a client that does not take it.
 */
export function discovery(path: string, accept: string | undefined, server: string): Document | undefined {
  const name = path.replace(/\/$/, '');
  const group = AGGREGATED.get(name);
  if (group !== undefined && prefersAggregated(accept)) {
    const contentType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    return {
      body: aggregated(group),
      headers: { 'Content-Type': contentType, 'Cache-Control': 'public', Vary: 'Accept' },
    };
  }
  const body = name === '/api' ? versionsOf(server) : DOCUMENTS.get(name);
  if (!body) return undefined;
  requirePlainJson(accept);
  return { body, headers: {} };
}

function versionsOf(server: string): object {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: server }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

function prefersAggregated(accept: string | undefined): boolean {
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json') continue;
    const [as, group, version] = ['as', 'g', 'v'].map((name) => parameters.get(name));
    if (as === undefined) return false;
    if (as === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && version === 'v2') return true;
  }
  return false;
}

function aggregated(group: string): object {
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
    apiVersion: 'apidiscovery.k8s.io/v2',
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
