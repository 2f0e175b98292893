import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import { messageOf } from '../../test/helpers/open-sink.ts';
import { toCoreV1 } from '../core/event-conversion.ts';
import { cloudEventAttributes, cloudEventHttpHeaders, cloudEventJson, cloudEventKafkaHeaders } from './cloud-event.ts';

const record = revision({ event: 1, resourceVersion: 7, second: 600, count: 3, object: 1 });
const message = messageOf(record);

describe('cloudEventAttributes', () => {
  it('says what, where, about what and when', () => {
    expect(cloudEventAttributes(message)).toEqual({
      specversion: '1.0',
      id: message.key,
      source: '/clusters/prod',
      type: 'io.k8s.api.core.v1.Event',
      subject: 'Pod/shop/web-1',
      time: '2026-01-02T03:10:00.000Z',
      datacontenttype: 'application/json',
      cluster: 'prod',
      namespace: 'shop',
      kind: 'Pod',
      reason: 'BackOff',
      eventtype: 'Warning',
    });
  });

  it('names labels as attributes may be named, and lets none take the place of another attribute', () => {
    const labels = {
      'Cost-Center': '7',
      id: 'mine',
      data: 'x',
      'd.a.t.a': 'x',
      '!': 'x',
      team: '',
      ['x'.repeat(30)]: 'y',
    };
    const attributes = cloudEventAttributes({ ...message, labels });
    expect(attributes).toEqual({ ...cloudEventAttributes(message), costcenter: '7', ['x'.repeat(20)]: 'y' });
  });

  it('leaves out the time where RFC 3339 has none', () => {
    const late = messageOf({ ...record, time: Date.UTC(10_000, 0) });
    expect(cloudEventAttributes(late)).not.toHaveProperty('time');
    expect(cloudEventAttributes(messageOf({ ...record, time: late.record.time - 1 }))).toHaveProperty('time');
  });

  it('has only names and values that the specification allows', () => {
    fc.assert(
      fc.property(messages, (any) => {
        const attributes = cloudEventAttributes(any);
        for (const required of ['specversion', 'id', 'source', 'type']) expect(attributes).toHaveProperty(required);
        expect(URL.canParse(attributes['source'] ?? '', 'http://localhost')).toBe(true);
        for (const [name, value] of Object.entries(attributes)) {
          expect(name).toMatch(/^[a-z0-9]{1,20}$/);
          expect(value).not.toBe('');
          expect(value).not.toMatch(/[\p{Control}\p{Surrogate}\p{Noncharacter_Code_Point}]/u);
        }
      }),
    );
  });
});

describe('cloudEventJson', () => {
  it('is the attributes and the event, in one line', () => {
    fc.assert(
      fc.property(messages, (any) => {
        const written = cloudEventJson(any);
        expect(written).not.toMatch(/[\r\n]/);
        const { data, ...attributes } = JSON.parse(written) as Record<string, unknown>;
        expect(attributes).toEqual(cloudEventAttributes(any));
        expect(data).toEqual(toCoreV1(any.record.body));
      }),
    );
  });
});

describe('cloudEventHttpHeaders', () => {
  it('escapes what headers cannot hold', () => {
    const odd = messageOf({ ...record, body: { ...record.body, reason: 'Euro € "100%" 😀' } });
    expect(cloudEventHttpHeaders(odd)).toMatchObject({
      'ce-specversion': '1.0',
      'ce-reason': 'Euro%20%E2%82%AC%20%22100%25%22%20%F0%9F%98%80',
    });
  });

  it('can be read back, and breaks out of no header', () => {
    fc.assert(
      fc.property(messages, (any) => {
        const headers = cloudEventHttpHeaders(any);
        for (const value of Object.values(headers)) expect(value).toMatch(/^[\u0021-\u007e]+$/);
        const read = Object.entries(headers).map(([name, value]) => [name.slice(3), decodeURIComponent(value)]);
        const datacontenttype = 'application/json';
        expect({ ...Object.fromEntries(read), datacontenttype }).toEqual(cloudEventAttributes(any));
      }),
    );
  });
});

describe('cloudEventKafkaHeaders', () => {
  it('prefixes names and leaves values as they are', () => {
    const odd = messageOf({ ...record, body: { ...record.body, reason: 'Euro €' } });
    const headers = cloudEventKafkaHeaders(odd);
    expect(headers).toMatchObject({ ce_id: odd.key, ce_reason: 'Euro €' });
    expect(headers).not.toHaveProperty('ce_datacontenttype');
  });
});
