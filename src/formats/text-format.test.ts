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

function format(settings: string): TextFormat {
  const config = loadConfig({ schema: v.strictObject(textFormatConfig), text: settings, env: {} });
  return createTextFormat(config, { name: 'test', env: {} });
}

describe('createTextFormat', () => {
  it('makes a Tidings record when nothing is set', () => {
    const { contentType, text } = format('{}');
    expect(contentType).toBe('application/json');
    expect(JSON.parse(text(messageOf(record)))).toMatchObject({ apiVersion: 'tidings/v1', kind: 'EventRecord' });
  });

  it('makes the event as the API server serves it', () => {
    const { contentType, text } = format('format: kubernetes');
    expect(contentType).toBe('application/json');
    expect(text(messageOf(record))).toBe(JSON.stringify(toCoreV1(record.body)));
  });

  it('makes a CloudEvent', () => {
    const { contentType, text } = format('format: cloudevents');
    expect(contentType).toBe('application/cloudevents+json');
    expect(JSON.parse(text(messageOf(record)))).toMatchObject({ specversion: '1.0' });
  });

  it('makes a request of OTLP', () => {
    const { contentType, text } = format('format: otlp');
    expect(contentType).toBe('application/json');
    expect(JSON.parse(text(messageOf(record)))).toHaveProperty('resourceLogs.0.scopeLogs.0.logRecords.0.body');
  });

  it.each(['tidings', 'kubernetes', 'cloudevents', 'otlp'])('writes %s as one line of JSON', (name) => {
    const { text } = format(`format: ${name}`);
    fc.assert(
      fc.property(messages, (message) => {
        const written = text(message);
        expect(written).not.toMatch(/[\r\n]/);
        expect(JSON.parse(written)).toBeTypeOf('object');
      }),
    );
  });

  it('needs the object only when it is to be enriched', () => {
    expect(format('format: tidings').needs).toBeUndefined();
    expect(format('{ format: tidings, enrich: true }').needs).toEqual({ object: true });
    expect(format('{ format: otlp, enrich: true }').needs).toEqual({ object: true });
  });

  it('refuses to enrich what has no place for it', () => {
    expect(() => format('{ format: kubernetes, enrich: true }')).toThrow(
      'send enriched records: found format kubernetes, want tidings or otlp',
    );
  });
});
