import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import { loadConfig } from '../config/load.ts';
import { toCoreV1 } from '../core/event-conversion.ts';
import { createTextFormat, type TextFormat, textFormatConfig } from './text-format.ts';

const record = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });

async function format(settings: string): Promise<TextFormat> {
  const { config } = await loadConfig({ schema: v.strictObject(textFormatConfig), text: settings, env: {} });
  return createTextFormat(config, { name: 'test', env: {} });
}

describe('createTextFormat', () => {
  it('makes a Tidings record when nothing is set', async () => {
    const { contentType, text } = await format('{}');
    expect(contentType).toBe('application/json');
    expect(JSON.parse(text(messageOf(record)))).toMatchObject({ apiVersion: 'tidings/v1', kind: 'EventRecord' });
  });

  it('makes the event as the API server serves it', async () => {
    const { contentType, text } = await format('format: kubernetes');
    expect(contentType).toBe('application/json');
    expect(text(messageOf(record))).toBe(JSON.stringify(toCoreV1(record.body)));
  });

  it('makes a CloudEvent', async () => {
    const { contentType, text } = await format('format: cloudevents');
    expect(contentType).toBe('application/cloudevents+json');
    expect(JSON.parse(text(messageOf(record)))).toMatchObject({ specversion: '1.0' });
  });

  it('makes a request of OTLP', async () => {
    const { contentType, text } = await format('format: otlp');
    expect(contentType).toBe('application/json');
    expect(JSON.parse(text(messageOf(record)))).toHaveProperty('resourceLogs.0.scopeLogs.0.logRecords.0.body');
  });

  it.each(['tidings', 'kubernetes', 'cloudevents', 'otlp', 'client-go', 'eventrouter'])(
    'writes %s as one line of JSON',
    async (name) => {
      const { text } = await format(`format: ${name}`);
      fc.assert(
        fc.property(messages, (message) => {
          const written = text(message);
          expect(written).not.toMatch(/[\r\n]/);
          expect(JSON.parse(written)).toBeTypeOf('object');
        }),
      );
    },
  );

  it('asks for the previous revision only for the format that shows it', async () => {
    expect((await format('format: eventrouter')).needs).toEqual({ previous: true });
    expect((await format('format: client-go')).needs).toBeUndefined();
  });

  it('needs the object only when it is to be enriched', async () => {
    expect((await format('format: tidings')).needs).toBeUndefined();
    expect((await format('{ format: tidings, enrich: true }')).needs).toEqual({ object: true });
    expect((await format('{ format: otlp, enrich: true }')).needs).toEqual({ object: true });
  });

  it('makes what a template says', async () => {
    const { contentType, text, needs } = await format(`template: "{{ .Reason }}: {{ .Message | trunc 8 }}"`);
    expect(contentType).toBe('text/plain; charset=utf-8');
    expect(text(messageOf(record))).toBe('BackOff: Back-off');
    expect(needs).toBeUndefined();
  });

  it('makes JSON of a layout, with times in a zone', async () => {
    const { contentType, text, needs } = await format(`
layout:
  reason: "{{ .Reason }}"
  severity: 3
  tags: [kubernetes, "{{ .InvolvedObject.Labels.app }}"]
  at: '{{ .LastTimestamp.Format "15:04" }}'
timezone: Asia/Tokyo
`);
    expect(contentType).toBe('application/json');
    expect(text(messageOf(record))).toBe(
      '{"reason":"BackOff","severity":3,"tags":["kubernetes","<no value>"],"at":"12:10"}',
    );
    expect(needs).toEqual({ object: true });
  });

  it.each([
    ['{ format: tidings, template: x }', 'send records: found format and template, want one of'],
    ['{ template: x, layout: [] }', 'found template and layout, want one of format, template and layout'],
    [
      '{ format: kubernetes, enrich: true }',
      'send enriched records: found format kubernetes, want format tidings or otlp',
    ],
    ['{ template: x, enrich: true }', 'send enriched records: found template, want'],
    ['{ timezone: UTC }', 'send times in a zone: found format tidings, want a template or a layout'],
    ['template: "{{ nope }}"', '1:11: template: template: template:1: function "nope" not defined'],
    ['layout: { a: [ "{{ if" ] }', '1:16: layout.a[0]: template: template:1: '],
    ['timezone: Mars/Olympus', 'timezone: found "Mars/Olympus", want a time zone such as'],
  ])('refuses %s', async (settings, problem) => {
    await expect(format(settings)).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(problem) as string }) as Error,
    );
  });
});

describe('docs/reference/formats.md', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'formats.md');
  const examples = [...readFileSync(file, 'utf8').matchAll(/```yaml\n((?:template|layout):.*?)```/gs)];

  it('shows a layout and a template that work', async () => {
    const formats = await Promise.all(examples.map(([, settings = '']) => format(settings)));
    const texts = formats.map(({ text }) => text({ ...messageOf(record) }));
    expect(texts).toEqual([
      expect.stringContaining('"summary":"BackOff: Pod shop/web-1","text":"Back-off') as string,
      expect.stringMatching(/^04:10:00 prod BackOff: Back-off/) as string,
    ]);
    expect(texts[0]).toContain('"level":"warning","team":"nobody","priority":3,"tags":["kubernetes","prod"]}');
  });
});
