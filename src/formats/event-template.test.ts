import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import type { InvolvedObject } from '../component/message.ts';
import { loadLocation } from '../lang/go-template/time-zone.ts';
import { type TemplateContext, templateCompiler } from './event-template.ts';

const record = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });
const message = { ...messageOf(record), occurrences: 2, folded: 4, labels: { team: 'shop' } };
const object: InvolvedObject = {
  labels: { app: 'web' },
  annotations: { note: 'x' },
  owners: [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b', uid: 'r', controller: true },
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true },
  ],
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b', uid: 'r', controller: true }],
  deleted: true,
};

function render(source: string, context: TemplateContext = {}): string {
  return templateCompiler(context)('template', source).render({ ...message, object });
}

describe('templateCompiler', () => {
  it.each([
    [
      '{{ .Reason }} {{ .InvolvedObject.Kind }}/{{ .InvolvedObject.Name }} in {{ .ClusterName }}',
      'BackOff Pod/web-1 in prod',
    ],
    ['{{ .InvolvedObject.Labels.app }} {{ .InvolvedObject.Annotations.note }}', 'web x'],
    ['{{ range .InvolvedObject.OwnerReferences }}{{ .Kind }} {{ .Name }}{{ end }}', 'ReplicaSet web-7d4b'],
    ['{{ .InvolvedObject.Deleted }}', 'true'],
    ['{{ .Message | trunc 8 | upper }}', 'BACK-OFF'],
    ['{{ with tidings }}{{ .key }}{{ end }}', message.key],
    ['{{ (tidings).labels.team }} {{ add (tidings).occurrences 1 }} {{ (tidings).folded }}', 'shop 3 4'],
    ['{{ (tidings).firstSeen }} {{ (tidings).lastSeen }}', '2026-01-02T03:00:00.000Z 2026-01-02T03:10:00.000Z'],
    ['{{ (tidings).origin }} {{ (tidings).news }} {{ (tidings).epoch }} {{ (tidings).count }}', 'watch true 1 3'],
  ])('renders %s', (source, text) => {
    expect(render(source)).toBe(text);
  });

  it('prints times in the zone, and sees the environment it is given', () => {
    const timezone = loadLocation('Asia/Tokyo');
    expect(render('{{ .LastTimestamp.Format "15:04 MST" }}', { timezone })).toBe('12:10 JST');
    expect(render('{{ env "STAGE" }}', { env: { STAGE: 'test' } })).toBe('test');
  });

  it('escapes what is printed', () => {
    const compile = templateCompiler({});
    expect(compile('url', 'https://x/{{ .Message }}', () => '…').render(message)).toBe('https://x/…');
  });

  it('throws an AppError for what is no template', () => {
    expect(() => templateCompiler({})('title', '{{ .Reason')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('template: title:1:') as string,
      }) as Error,
    );
  });

  it('renders well-formed text whatever is in the message', () => {
    const compiled = templateCompiler({})('t', '{{ .Reason }}{{ .Message }}{{ toJson . }}{{ toJson tidings }}');
    fc.assert(
      fc.property(messages, (any) => {
        expect(compiled.render(any).isWellFormed()).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('needsObject', () => {
  const needsObject = (source: string): boolean => templateCompiler({})('t', source).needsObject;

  it.each([
    'a . and $ without an action',
    '{{ .Reason }}: {{ .Message }}. Etc.',
    '{{ .InvolvedObject.Kind }}/{{ $.InvolvedObject.Name }}',
    '{{ .Labels.app }}',
    '{{ with tidings }}{{ .labels.team }}{{ end }}',
    '{{ $e := .Reason }}{{ $e }}',
  ])('is false for %s', (source) => {
    expect(needsObject(source)).toBe(false);
  });

  it.each([
    '{{ .InvolvedObject.Labels.app }}',
    '{{.InvolvedObject.Deleted}}',
    '{{ with .InvolvedObject }}{{ .Labels.app }}{{ end }}',
    '{{ toJson . }}',
    '{{.|toJson}}',
    '{{ $e := . }}{{ $e.Reason }}',
    '{{ $ | toJson }}',
    '{{ template "x" . }}{{ define "x" }}{{ end }}',
    '{{ .ToJSON | toString }}',
    '{{ toJson .DeDot }}',
    '{{ "}}" }}{{ (.InvolvedObject).Labels }}',
  ])('is true for %s', (source) => {
    expect(needsObject(source)).toBe(true);
  });
});
