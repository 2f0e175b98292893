/**
 * The schemas of both event types, as far as `kubectl explain` needs them.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
 */
import { createHash } from 'node:crypto';
import { type Group, HISTORY } from '../event-group.ts';
import { KUBERNETES } from './discovery.ts';

type Schema = Readonly<Record<string, unknown>>;

const CORE = 'io.k8s.api.core.v1';
const EVENTS = 'io.k8s.api.events.v1';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

const text = (description: string): Schema => ({ type: 'string', description });
const whole = (description: string): Schema => ({ type: 'integer', format: 'int32', description });
const texts = (description: string): Schema => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
});
const ref = (name: string, description: string): Schema => ({
  allOf: [{ $ref: `#/components/schemas/${name}` }],
  description,
});
const object = (description: string, properties: Schema, more: Schema = {}): Schema => ({
  type: 'object',
  description,
  properties,
  ...more,
});

const TYPE = {
  apiVersion: text('The group and version of this representation.'),
  kind: text('Event.'),
};
const metadata = ref(`${META}.ObjectMeta`, 'Name, namespace, version and labels of the event itself.');
const action = text('What was done, or failed to be done, about the object.');
const reason = text('Why, as one word in CamelCase for programs.');
const type = text('Normal, or Warning for what should be looked at.');
const eventTime = ref(`${META}.MicroTime`, 'When it happened first.');
const related = ref(`${CORE}.ObjectReference`, 'A second object that has part in it.');
const reportingInstance = text('Which instance of the controller reported it.');
const controller = text('The controller that reported it, such as example.com/my-controller.');

const SHARED: Readonly<Record<string, Schema>> = {
  [`${CORE}.ObjectReference`]: object('Names an object, or a part of one.', {
    apiVersion: text('The group and version of the object.'),
    fieldPath: text('The part that is meant, such as spec.containers{web}; empty for the whole object.'),
    kind: text('The kind of the object.'),
    name: text('The name of the object.'),
    namespace: text('The namespace of the object; empty for one of the cluster.'),
    resourceVersion: text('The version of the object that was looked at.'),
    uid: text('The UID of the object: one of its incarnations.'),
  }),
  [`${CORE}.EventSource`]: object('Who reported an event, in the older style.', {
    component: text('The component, such as kubelet.'),
    host: text('The node on which it runs.'),
  }),
  [`${META}.ObjectMeta`]: object('What every object has.', {
    annotations: texts('Notes of any form, for tools.'),
    creationTimestamp: ref(`${META}.Time`, 'When the API server stored the event.'),
    labels: texts('What label selectors look at.'),
    name: text('Unique in its namespace at any one time.'),
    namespace: text('Where the event lies. Events about objects of the cluster lie in default.'),
    resourceVersion: text('Grows with every change in the cluster.'),
    uid: text('Unique for ever.'),
  }),
  [`${META}.Time`]: { type: 'string', format: 'date-time', description: 'An instant, to the second.' },
  [`${META}.MicroTime`]: { type: 'string', format: 'date-time', description: 'An instant, to the microsecond.' },
};

function series(): Schema {
  return object('How an event repeated.', {
    count: whole('How often it has happened by now.'),
    lastObservedTime: ref(`${META}.MicroTime`, 'When it happened last.'),
  });
}

function kindOf(group: Group): Schema {
  return { 'x-kubernetes-group-version-kind': [{ group, kind: 'Event', version: 'v1' }] };
}

const ABOUT =
  'Something that happened to an object, told by a component. Kept by Tidings for longer than the cluster does.';

const CORE_FIELDS: Readonly<Record<string, Schema>> = {
  ...TYPE,
  action,
  count: whole('How often it has happened, in the older style.'),
  eventTime,
  firstTimestamp: ref(`${META}.Time`, 'When it happened first, in the older style.'),
  involvedObject: ref(`${CORE}.ObjectReference`, 'What it is about.'),
  lastTimestamp: ref(`${META}.Time`, 'When it happened last, in the older style.'),
  message: text('What happened, for people.'),
  metadata,
  reason,
  related,
  reportingComponent: controller,
  reportingInstance,
  series: ref(`${CORE}.EventSeries`, 'Present once it has repeated.'),
  source: ref(`${CORE}.EventSource`, 'Who reported it, in the older style.'),
  type,
};

const CORE_SCHEMAS: Readonly<Record<string, Schema>> = {
  ...SHARED,
  [`${CORE}.EventSeries`]: series(),
  [`${CORE}.Event`]: object(ABOUT, CORE_FIELDS, { required: ['metadata', 'involvedObject'], ...kindOf('') }),
};

const HISTORY_SCHEMAS: Readonly<Record<string, Schema>> = {
  ...SHARED,
  [`${CORE}.EventSeries`]: series(),
  'dev.tidings.history.v1.Event': object(ABOUT, CORE_FIELDS, {
    required: ['metadata', 'involvedObject'],
    ...kindOf(HISTORY),
  }),
};

const EVENTS_SCHEMAS: Readonly<Record<string, Schema>> = {
  ...SHARED,
  [`${EVENTS}.EventSeries`]: series(),
  [`${EVENTS}.Event`]: object(
    ABOUT,
    {
      ...TYPE,
      action,
      deprecatedCount: whole('The count of core/v1.'),
      deprecatedFirstTimestamp: ref(`${META}.Time`, 'The firstTimestamp of core/v1.'),
      deprecatedLastTimestamp: ref(`${META}.Time`, 'The lastTimestamp of core/v1.'),
      deprecatedSource: ref(`${CORE}.EventSource`, 'The source of core/v1.'),
      eventTime,
      metadata,
      note: text('What happened, for people.'),
      reason,
      regarding: ref(`${CORE}.ObjectReference`, 'What it is about.'),
      related,
      reportingController: controller,
      reportingInstance,
      series: ref(`${EVENTS}.EventSeries`, 'Present once it has repeated.'),
      type,
    },
    { required: ['eventTime'], ...kindOf('events.k8s.io') },
  ),
};

const INFO = { title: 'Tidings', version: `${KUBERNETES.major}.${KUBERNETES.minor}` };

/** Which path is of which kind is all that is looked for in them. */
function pathsOf(group: Group, root: string): Readonly<Record<string, object>> {
  const kind = { group, kind: 'Event', version: 'v1' };
  const read = (action: 'get' | 'list') => ({
    get: {
      responses: { 200: { description: 'OK' } },
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': kind,
    },
  });
  return {
    [`/${root}/events`]: read('list'),
    [`/${root}/namespaces/{namespace}/events`]: read('list'),
    [`/${root}/namespaces/{namespace}/events/{name}`]: read('get'),
  };
}

const GROUPS = [
  { group: '', root: 'api/v1', schemas: CORE_SCHEMAS },
  { group: 'events.k8s.io', root: 'apis/events.k8s.io/v1', schemas: EVENTS_SCHEMAS },
  { group: HISTORY, root: `apis/${HISTORY}/v1`, schemas: HISTORY_SCHEMAS },
] as const;

const VERSION_3: ReadonlyMap<string, object> = new Map(
  GROUPS.map(({ group, root, schemas }) => [
    root,
    { openapi: '3.0.0', info: INFO, paths: pathsOf(group, root), components: { schemas } },
  ]),
);

const VERSION_2: unknown = JSON.parse(
  JSON.stringify({
    swagger: '2.0',
    info: INFO,
    paths: Object.assign({}, ...GROUPS.map(({ group, root }) => pathsOf(group, root))) as object,
    definitions: { ...CORE_SCHEMAS, ...EVENTS_SCHEMAS, ...HISTORY_SCHEMAS },
  })
    .replaceAll('#/components/schemas/', '#/definitions/')
    .replaceAll(/"allOf":\[\{([^}]*)\}\]/g, '$1'),
);

/** The document at a path below a root's prefix, if there is one. */
export function openapi(path: string, prefix: string): object | undefined {
  const name = path.replace(/\/$/, '');
  if (name === '/openapi/v2') return VERSION_2 as object;
  if (name !== '/openapi/v3') return VERSION_3.get(name.replace('/openapi/v3/', ''));
  const paths = [...VERSION_3].map(([group, document]) => {
    const hash = createHash('sha256').update(JSON.stringify(document)).digest('hex').toUpperCase();
    return [group, { serverRelativeURL: `${prefix}/openapi/v3/${group}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(paths) };
}
