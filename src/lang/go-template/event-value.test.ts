import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event.ts';
import { type EventValueOptions, eventValue } from './event-value.ts';
import { sprigFunctions } from './sprig/sprig.ts';
import { parseTemplate } from './template.ts';
import { UTC } from './time-zone.ts';

const EVENT: Event = {
  metadata: {
    name: 'web-1.17cf',
    namespace: 'shop',
    uid: 'e-1',
    resourceVersion: '7',
    creationTimestamp: '2024-05-13T08:11:12Z',
  },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'p-1', apiVersion: 'v1' },
  reason: 'BackOff',
  message: 'exit <1>',
  source: { component: 'kubelet', host: 'node-1' },
  firstTimestamp: '2024-05-13T08:11:12Z',
  lastTimestamp: '2024-05-13T09:21:02Z',
  count: 5,
  type: 'Warning',
  eventTime: null,
};

const OPTIONS: EventValueOptions = {
  clusterName: 'prod',
  object: {
    labels: { app: 'web', 'app.kubernetes.io/name': 'web' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', uid: 'r-1', controller: true }],
  },
  timezone: UTC,
};

const functions = sprigFunctions({ timezone: UTC });
const render = (text: string, event = EVENT, options = OPTIONS): string =>
  parseTemplate('template', text, { functions }).execute(eventValue(event, options));

describe('eventValue', () => {
  // As kubernetes-event-exporter prints them.
  test.each([
    ['{{ .Reason }} {{ .Count }} {{ .Type }} {{ .ClusterName }}', 'BackOff 5 Warning prod'],
    ['{{ .Name }} {{ .Namespace }} {{ .GetUID }} {{ .ObjectMeta.Name }}', 'web-1.17cf shop e-1 web-1.17cf'],
    ['{{ .InvolvedObject.Kind }}/{{ .InvolvedObject.Name }} {{ .InvolvedObject.Deleted }}', 'Pod/web-1 false'],
    ['{{ .InvolvedObject.Labels }}', 'map[app:web app.kubernetes.io/name:web]'],
    ['{{ .InvolvedObject.Labels.missing }}|{{ index .InvolvedObject.Labels "missing" }}', '<no value>|'],
    ['{{ toJson .Labels }} {{ .Labels }}', 'null map[]'],
    ['{{ .FirstTimestamp }}', '2024-05-13 08:11:12 +0000 UTC'],
    ['{{ .EventTime }}', '0001-01-01 00:00:00 +0000 UTC'],
    ['{{ .LastTimestamp.Unix }} {{ .CreationTimestamp.Format "2006" }}', '1715592062 2024'],
    ['{{ .GetTimestampMs }} {{ .GetTimestampISO8601 }}', '1715587872000 2024-05-13T08:11:12.000Z'],
    ['{{ .Source }} {{ .Series }} {{ .Related }}', '&EventSource{Component:kubelet,Host:node-1,} nil nil'],
    [
      '{{ .InvolvedObject }}',
      '&ObjectReference{Kind:Pod,Namespace:shop,Name:web-1,UID:p-1,APIVersion:v1,ResourceVersion:,FieldPath:,}',
    ],
    ['{{ .DeDot.InvolvedObject.Labels }}', 'map[app:web app_kubernetes_io/name:web]'],
    ['{{ range .InvolvedObject.OwnerReferences }}{{ .Kind }}/{{ .Name }}{{ end }}', 'ReplicaSet/web-5d4f'],
    ['{{ typeOf . }} {{ typeOf .UID }} {{ typeOf .Count }}', '*kube.EnhancedEvent types.UID int32'],
    ['{{ .Kind }}{{ .APIVersion }}', ''],
  ])('renders %s', (text, output) => {
    expect(render(text)).toBe(output);
  });

  test.each(['{{ .message }}', '{{ .Metadata }}', '{{ .involvedObject }}', '{{ keys .InvolvedObject.Labels }}'])(
    'refuses %s, as Go does',
    (text) => {
      expect(() => render(text)).toThrow(/can't evaluate field|wrong type for value/);
    },
  );

  test('is written to JSON with the object that was looked up', () => {
    expect(JSON.parse(render('{{ toJson . }}'))).toEqual({
      metadata: EVENT.metadata,
      reason: 'BackOff',
      message: 'exit <1>',
      source: EVENT.source,
      firstTimestamp: EVENT.firstTimestamp,
      lastTimestamp: EVENT.lastTimestamp,
      count: 5,
      type: 'Warning',
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
      clusterName: 'prod',
      involvedObject: { ...EVENT.involvedObject, ...OPTIONS.object, deleted: false },
    });
    expect(render('{{ .ToJSON | toString }}')).toBe(render('{{ toJson . }}'));
  });

  test('goes by eventTime when there is no firstTimestamp', () => {
    const event = { ...EVENT, firstTimestamp: null, eventTime: '2024-01-31T23:59:59.123456Z' };
    expect(render('{{ .GetTimestampISO8601 }} {{ .EventTime }}', event)).toBe(
      '2024-01-31T23:59:59.123Z 2024-01-31 23:59:59.123456 +0000 UTC',
    );
    expect(render('{{ .GetTimestampMs }}', { ...EVENT, firstTimestamp: null })).toBe('-6795364578871');
  });

  test('looks at no field that the template does not name', () => {
    const read: string[] = [];
    const event = new Proxy(EVENT, {
      get: (target, name) => {
        read.push(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    expect(render('{{ .Reason }}', event)).toBe('BackOff');
    expect(read.filter((name) => name !== 'involvedObject')).toEqual(['reason']);
  });
});
