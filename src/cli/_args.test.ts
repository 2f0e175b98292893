import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  collectList,
  collectTypes,
  parseInstant,
  parseLimit,
  parseNumber,
  parseObject,
  parsePort,
  parseSpan,
} from './_args.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const local = (...parts: [number, number, number, number?, number?, number?]): number => new Date(...parts).getTime();

describe('parseInstant', () => {
  test.each<[string, number]>([
    ['2h', NOW - 7_200_000],
    ['30m', NOW - 1_800_000],
    ['7d', NOW - 7 * 86_400_000],
    ['1h30m', NOW - 5_400_000],
    ['0s', NOW],
    ['2026-01-31', local(2026, 0, 31)],
    ['2026-01-31 08:30', local(2026, 0, 31, 8, 30)],
    ['2026-01-31T08:30:15', local(2026, 0, 31, 8, 30, 15)],
    ['2026-01-31T08:30:00Z', Date.parse('2026-01-31T08:30:00Z')],
    ['2026-01-31T08:30:00.123456Z', Date.parse('2026-01-31T08:30:00.123Z')],
    ['2026-01-31T08:30:00+02:00', Date.parse('2026-01-31T06:30:00Z')],
    ['2024-02-29', local(2024, 1, 29)],
  ])('reads %s', (text, instant) => {
    expect(parseInstant(text, NOW)).toBe(instant);
  });

  test.each([
    '',
    '2',
    'yesterday',
    '-2h',
    '2h ago',
    '2026-02-30',
    '2026-02-31T00:00:00Z',
    '2026-13-01',
    '2026-01-31T25:00',
    '1.5h',
    '20260131',
  ])('rejects %j', (text) => {
    expect(() => parseInstant(text, NOW)).toThrow('Wanted: a duration');
  });

  test('gives back every instant that is written as RFC 3339', () => {
    const instants = fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, (date) => {
        expect(parseInstant(date.toISOString(), NOW)).toBe(date.getTime());
      }),
    );
  });
});

describe('collectList', () => {
  test('takes commas and repetition, each name once', () => {
    expect(collectList('c,a', collectList('a, b'))).toEqual(['a', 'b', 'c']);
  });

  test.each(['', 'a,', ',a', 'a,,b'])('rejects the empty name in %j', (text) => {
    expect(() => collectList(text)).toThrow('Wanted: names');
  });
});

describe('collectTypes', () => {
  test('writes the known types as they are stored and leaves others alone', () => {
    expect(collectTypes('warning,NORMAL,custom')).toEqual(['Warning', 'Normal', 'custom']);
  });
});

describe('parseLimit', () => {
  test('reads a whole number', () => {
    expect(parseLimit('250')).toBe(250);
  });

  test.each(['0', '-1', '1e3', '', '2.5', '99999999999999999999'])('rejects %j', (text) => {
    expect(() => parseLimit(text)).toThrow('Wanted: a whole number');
  });
});

describe('parseNumber', () => {
  test('reads what is 0 or more', () => {
    expect(['0', '7', '0.5', '1e3'].map(parseNumber)).toEqual([0, 7, 0.5, 1000]);
  });

  test.each(['', ' ', '-1', 'x', '7x'])('rejects %j', (text) => {
    expect(() => parseNumber(text)).toThrow('Wanted: a number');
  });
});

describe('parsePort', () => {
  test('reads a port, 0 among them', () => {
    expect(['0', '65535'].map(parsePort)).toEqual([0, 65_535]);
  });

  test.each(['', '-1', '1.5', '70000', 'http'])('rejects %j', (text) => {
    expect(() => parsePort(text)).toThrow('Wanted: a whole number from 0 to 65535.');
  });
});

describe('parseSpan', () => {
  test('reads a duration as milliseconds', () => {
    expect(parseSpan('1h30m')).toBe(5_400_000);
  });

  test.each(['', '90', 'yesterday'])('rejects %j', (text) => {
    expect(() => parseSpan(text)).toThrow('Wanted: a duration');
  });
});

describe('parseObject', () => {
  test.each([
    ['pod/web-0', 'Pod', 'web-0'],
    ['po/web-0', 'Pod', 'web-0'],
    ['Pods/web-0', 'Pod', 'web-0'],
    ['pod.v1./web-0', 'Pod', 'web-0'],
    ['deployments.v1.apps/web', 'Deployment', 'web'],
    ['deploy/web', 'Deployment', 'web'],
    ['sts/db', 'StatefulSet', 'db'],
    ['no/node-1', 'Node', 'node-1'],
    ['hpa/web', 'HorizontalPodAutoscaler', 'web'],
    ['ep/web', 'Endpoints', 'web'],
    ['ing/web', 'Ingress', 'web'],
    ['netpol/web', 'NetworkPolicy', 'web'],
    ['Certificate/shop-tls', 'Certificate', 'shop-tls'],
    ['certificates.cert-manager.io/shop-tls', 'certificate', 'shop-tls'],
    ['gateways/web', 'gateway', 'web'],
    ['policies/a', 'policy', 'a'],
    ['meshes/a', 'mesh', 'a'],
    ['databases/a', 'database', 'a'],
    ['prometheus/a', 'prometheus', 'a'],
    ['Kubernetes/a', 'Kubernetes', 'a'],
  ])('reads %s', (text, kind, name) => {
    expect(parseObject(text)).toEqual({ kind, name });
  });

  test.each(['pod', 'pod/', '/web-0', 'a/b/c', ''])('rejects %j', (text) => {
    expect(() => parseObject(text)).toThrow('Wanted: KIND/NAME');
  });
});
