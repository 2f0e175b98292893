/**
 * What there is, as clients ask for it before anything else: events in three groups, to be read.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
import { HISTORY } from '../event-group.ts';
import { parseAccept } from '../parse-accept.ts';
import { requirePlainJson } from './media-type.ts';

const VERBS = ['get', 'list', 'watch'];

const RESOURCE = {
  name: 'events',
  singularName: 'event',
  namespaced: true,
  kind: 'Event',
  verbs: VERBS,
  shortNames: ['ev'],
};

/** Without a short name: `ev` is for those that people mean by it. */
const { shortNames: _shortNames, ...HISTORY_RESOURCE } = RESOURCE;

const GROUPS = [
  { name: 'events.k8s.io', resource: RESOURCE },
  { name: HISTORY, resource: HISTORY_RESOURCE },
].map(({ name, resource }) => {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { group: { name, versions: [version], preferredVersion: version }, resource };
});

const DOCUMENTS: ReadonlyMap<string, object> = new Map<string, object>([
  ['/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources: [RESOURCE] }],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: GROUPS.map(({ group }) => group) }],
  ...GROUPS.flatMap(({ group, resource }): [string, object][] => [
    [`/apis/${group.name}`, { kind: 'APIGroup', apiVersion: 'v1', ...group }],
    [
      `/apis/${group.name}/v1`,
      { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group.name}/v1`, resources: [resource] },
    ],
  ]),
]);

/** All of a root at once: https://github.com/kubernetes/api/blob/v0.35.4/apidiscovery/v2/types.go */
const AGGREGATED: ReadonlyMap<string, object> = new Map([
  ['/api', aggregated([{ name: '', resource: RESOURCE }])],
  ['/apis', aggregated(GROUPS.map(({ group: { name }, resource }) => ({ name, resource })))],
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
  const all = AGGREGATED.get(name);
  if (all && prefersAggregated(accept)) {
    const contentType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    return {
      body: all,
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

interface ServedGroup {
  readonly name: string;
  readonly resource: typeof HISTORY_RESOURCE & { readonly shortNames?: readonly string[] };
}

function aggregated(groups: readonly ServedGroup[]): object {
  const items = groups.map(({ name, resource: { name: plural, singularName, kind, verbs, shortNames } }) => {
    const resource = {
      resource: plural,
      responseKind: { group: '', version: '', kind },
      scope: 'Namespaced',
      singularResource: singularName,
      verbs,
      ...(shortNames && { shortNames }),
    };
    const versions = [{ version: 'v1', resources: [resource], freshness: 'Current' }];
    return { metadata: name === '' ? {} : { name }, versions };
  });
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
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
