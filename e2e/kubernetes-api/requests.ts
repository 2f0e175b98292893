/**
 * The requests that a real API server and Tidings are both asked. In paths, `{served}` stands for the version at which the
 * server asked serves now, `{early}` for that of an event written early on, `{future}` for one nobody has reached.
 */
export interface ApiRequest {
  readonly path: string;
  readonly accept?: string;
  readonly userAgent?: string;
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly acceptEncoding?: string;
  /** Follows the list to its end, page by page. */
  readonly pages?: true;
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const CORE = { root: '/api/v1', object: 'involvedObject', reporter: 'reportingComponent' } as const;
const EVENTS = { root: '/apis/events.k8s.io/v1', object: 'regarding', reporter: 'reportingController' } as const;
type ApiGroup = typeof CORE | typeof EVENTS;

const PLACES = ['/events', '/namespaces/default/events', '/namespaces/other/events', '/namespaces/none/events'];

const YAML = 'application/yaml';

const ACCEPTED = [
  TABLE,
  `${TABLE},application/json`,
  'application/json;as=Table;v=v1beta1;g=meta.k8s.io',
  'application/json;as=Table;v=v2;g=meta.k8s.io',
  'application/json;as=Table;v=v2;g=meta.k8s.io,application/json',
  'application/json;as=Other;v=v1;g=meta.k8s.io',
  METADATA,
  METADATA_LIST,
  'application/json; charset=utf-8',
  'application/json;stream=watch',
  'application/json;q=0.5,text/html',
  'text/html,*/*;q=0.1',
  'text/html',
  'application/*',
  'application/cbor',
  '*/*',
];

/** Of events without characters that YAML has to escape: printing those the API server fails with 500. */
const YAML_ACCEPTED = [YAML, 'application/yaml;as=Table;v=v1;g=meta.k8s.io', 'application/json;q=0.5,application/yaml'];

function fieldSelectors({ object, reporter }: ApiGroup): readonly string[] {
  return [
    `${object}.kind=Pod`,
    `${object}.kind==Node`,
    `${object}.kind!=Pod`,
    `${object}.kind=pod`,
    `${object}.name=web`,
    `${object}.name=web,${object}.namespace=default`,
    `${object}.uid=uid-of-web`,
    `${object}.apiVersion=v1`,
    `${object}.resourceVersion=`,
    `${object}.fieldPath=spec.containers{app}`,
    'reason=BackOff',
    'reason!=BackOff,type=Warning',
    'reason=',
    'type=Normal',
    `${reporter}=kubelet`,
    `${reporter}=`,
    'metadata.name=web.1',
    'metadata.name!=web.1',
    'metadata.namespace=other',
    'metadata.namespace!=default',
    'reason=a,,type=b',
    'reason=a\\,b',
    'reason=a\\=b',
    'reason=a\\b',
    'reason=a=b',
    'reason',
    '=a',
    ' reason =BackOff',
    'spec.nodeName=a',
    'source=kubelet',
    'involvedObject.kind=Pod',
    'regarding.kind=Pod',
    'reportingComponent=kubelet',
    'message=a',
  ];
}

const LABEL_SELECTORS = [
  'tier=front',
  'tier==front',
  'tier!=front',
  'tier',
  '!tier',
  'tier=',
  'tier in (front,back)',
  'tier in (front, back),rank',
  'tier notin (front)',
  'tier in (,front)',
  'tier in ()',
  'rank>1',
  'rank<2',
  'rank>x',
  'rank>-1',
  'rank gt 1',
  'in',
  'in in (in)',
  ' tier = front ',
  'tier=front,rank=1',
  'tier in (front',
  'tier in front',
  'tier===front',
  'tier front',
  'tier=front back',
  'tier=(',
  'tier=front)',
  'tier)',
  'tier!',
  '!tier=front',
  '!',
  ',tier',
  'tier,,rank',
  'tier,',
  '-tier=front',
  'tier=-front-',
  'a/b/c=1',
  '/a',
  'a/',
  '-x/a',
  'example.com/a=b',
  `a=${'x'.repeat(64)}`,
  'a'.repeat(64),
  `${'a'.repeat(254)}/b`,
];

const VERSIONS = [
  'resourceVersion=',
  'resourceVersion=0',
  'resourceVersion={served}',
  'resourceVersion={early}',
  'resourceVersion={early}&limit=500',
  'resourceVersion={early}&resourceVersionMatch=Exact',
  'resourceVersion={early}&resourceVersionMatch=NotOlderThan',
  'resourceVersion={early}&resourceVersionMatch=NotOlderThan&limit=500',
  'resourceVersion={served}&resourceVersionMatch=Exact',
  'resourceVersion=0&resourceVersionMatch=NotOlderThan',
  'resourceVersion=0&resourceVersionMatch=Exact',
  'resourceVersion={future}',
  'resourceVersion={future}&resourceVersionMatch=Exact',
  'resourceVersion={future}&resourceVersionMatch=NotOlderThan',
  'resourceVersion=abc',
  'resourceVersion=-1',
  'resourceVersion=1.5',
  'resourceVersion=99999999999999999999999',
  'resourceVersionMatch=Exact',
  'resourceVersionMatch=Other&resourceVersion=1',
  'resourceVersionMatch=Exact&continue=abc&resourceVersion=1',
  'sendInitialEvents=true',
  'sendInitialEvents=false&resourceVersionMatch=Other',
  'continue=e30',
  'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ',
  'limit=abc',
  'limit=-1',
  'limit=0',
  'limit=',
  'limit=99999999999999999999',
  'timeoutSeconds=abc',
  'timeoutSeconds=10',
  'allowWatchBookmarks=true',
  'watch=false',
  'watch=0',
  'unknown=parameter',
];

const WATCHES = [
  '',
  '&resourceVersion=0',
  '&resourceVersion={served}',
  '&resourceVersion={early}',
  '&resourceVersion={future}',
  '&resourceVersion=abc',
  '&allowWatchBookmarks=true',
  '&allowWatchBookmarks=true&resourceVersion={early}',
  '&limit=1',
  '&fieldSelector=type%3DWarning',
  '&resourceVersion={early}&fieldSelector=reason%3DBackOff',
  '&labelSelector=tier',
  '&sendInitialEvents=true',
  '&sendInitialEvents=false',
  '&sendInitialEvents=maybe',
  '&resourceVersionMatch=NotOlderThan&resourceVersion={early}',
  '&resourceVersionMatch=Exact&resourceVersion={early}',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion={early}',
  '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion={future}',
  '&sendInitialEvents=false&resourceVersionMatch=NotOlderThan',
  '&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion={early}',
  '&continue=abc',
  '&fieldSelector=unknown%3Da',
];

function ofGroup(group: ApiGroup): ApiRequest[] {
  const { root } = group;
  const all = `${root}/events`;
  const one = `${root}/namespaces/default/events/web.1`;
  const query = (name: string, value: string): string => `${all}?${name}=${encodeURIComponent(value)}`;
  return [
    ...PLACES.map((place) => ({ path: root + place })),
    ...PLACES.map((place) => ({ path: root + place, accept: TABLE })),
    { path: `${all}/` },
    ...ACCEPTED.map((accept) => ({ path: `${all}?limit=500`, accept })),
    ...ACCEPTED.map((accept) => ({ path: one, accept })),
    ...YAML_ACCEPTED.map((accept) => ({ path: one, accept })),
    ...YAML_ACCEPTED.map((accept) => ({ path: `${all}?fieldSelector=reason%3DBackOff`, accept })),
    ...['None', 'Object', 'Metadata', '', 'Other'].map((value) => ({
      path: `${all}?includeObject=${value}`,
      accept: TABLE,
    })),
    { path: `${all}?includeObject=Other` },
    ...fieldSelectors(group).map((selector) => ({ path: query('fieldSelector', selector) })),
    ...LABEL_SELECTORS.map((selector) => ({ path: query('labelSelector', selector) })),
    ...VERSIONS.map((version) => ({ path: `${all}?${version}` })),
    ...WATCHES.map((watch) => ({ path: `${all}?watch=true&timeoutSeconds=1${watch}` })),
    { path: `${root}/namespaces/other/events?watch=1&timeoutSeconds=1` },
    { path: `${all}?watch=1&timeoutSeconds=1&allowWatchBookmarks=1`, accept: TABLE },
    { path: `${all}?watch=1&timeoutSeconds=1&includeObject=Object&resourceVersion={early}`, accept: TABLE },
    { path: `${all}?watch=1&timeoutSeconds=1&allowWatchBookmarks=1`, accept: METADATA },
    { path: `${all}?watch=1&timeoutSeconds=1`, accept: YAML },
    { path: `${root}/watch/events?timeoutSeconds=1` },
    { path: `${root}/watch/namespaces/default/events?timeoutSeconds=1&resourceVersion={early}` },
    { path: `${root}/watch/namespaces/default/events/web.1?timeoutSeconds=1` },
    { path: `${all}?limit=1`, pages: true },
    { path: `${all}?limit=7`, pages: true, accept: TABLE },
    { path: `${root}/namespaces/default/events?limit=5`, pages: true, accept: METADATA_LIST },
    { path: `${all}?limit=2&fieldSelector=type%3DWarning`, pages: true },
    { path: one },
    ...['resourceVersion=0', 'resourceVersion={early}', 'resourceVersion={future}', 'resourceVersion=abc'].map(
      (version) => ({ path: `${one}?${version}` }),
    ),
    { path: `${one}?fieldSelector=unknown&watch=1&limit=abc` },
    { path: `${root}/namespaces/default/events/no%20name` },
    { path: `${root}/namespaces/default/events/nobody` },
    { path: `${root}/namespaces/default/events/nobody`, accept: YAML },
    { path: `${all}?limit=abc`, accept: YAML },
    { path: `${root}/namespaces/other/events/web.1` },
    { path: `${root}/namespaces/none/events/web.1`, accept: TABLE },
    { path: `${one}/status` },
    { path: `${all}/web.1` },
    { path: `${one}?pretty=true` },
    { path: `${all}?pretty=1&limit=500` },
    { path: `${all}?pretty=true&fieldSelector=reason%3DNone` },
    { path: `${one}?pretty=false`, userAgent: 'curl/8.0' },
    { path: one, userAgent: 'curl/8.0' },
    { path: `${root}/namespaces/default/events/nobody`, userAgent: 'Mozilla/5.0 (X11)' },
    { path: `${all}?pretty=true`, accept: TABLE },
    { path: `${all}?fieldSelector=reason%3DNone`, acceptEncoding: 'gzip' },
    { path: all, acceptEncoding: 'gzip, deflate' },
    { path: root },
    { path: `${root}/` },
    { path: `${root}/nothing` },
    ...(['POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const).map((method) => ({ path: all, method })),
    { path: root, method: 'POST' },
  ];
}

export const REQUESTS: readonly ApiRequest[] = [
  ...ofGroup(CORE),
  ...ofGroup(EVENTS),
  { path: '/api' },
  { path: '/api/' },
  { path: '/apis' },
  { path: '/api', accept: AGGREGATED },
  { path: '/apis', accept: `${AGGREGATED},application/json` },
  { path: '/apis', accept: AGGREGATED.replace('v=v2', 'v=v2beta1') },
  { path: '/apis/events.k8s.io' },
  { path: '/apis/events.k8s.io/v2' },
  { path: '/apis/nothing.example.com/v1' },
  { path: '/apis/nothing' },
  { path: '/version', method: 'POST' },
  { path: '/api/v1/namespaces/default/nothing/a' },
];
