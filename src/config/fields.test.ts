import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { bytes, duration, listenAddress, url } from './fields.ts';

function parse(schema: v.GenericSchema, text: string): unknown {
  const result = v.safeParse(schema, text);
  return result.success ? result.output : undefined;
}

describe('bytes', () => {
  test.each([
    ['0B', 0],
    ['512B', 512],
    ['1KB', 1000],
    ['500MB', 5e8],
    ['2G', 2e9],
    ['10GiB', 10 * 2 ** 30],
    ['10Gi', 10 * 2 ** 30],
    ['1TiB', 2 ** 40],
    ['10', undefined],
    ['10gb', undefined],
    ['1.5GiB', undefined],
    ['10 GiB', undefined],
    ['10iB', undefined],
    ['99999TiB', undefined],
  ])('takes %s for %j', (text, size) => {
    expect(parse(bytes(''), text)).toBe(size);
  });
});

describe('listenAddress', () => {
  test.each([
    ['127.0.0.1:7780', { host: '127.0.0.1', port: 7780 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['0.0.0.0:9090', { host: '0.0.0.0', port: 9090 }],
    [':65535', { port: 65_535 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['[::]:80', { host: '::', port: 80 }],
    ['::1:80', undefined],
    ['[::1]', undefined],
    ['[]:80', undefined],
    ['host', undefined],
    ['host:', undefined],
    ['host:http', undefined],
    ['http://host:80', undefined],
    [':65536', undefined],
  ])('takes %s for %j', (text, address) => {
    expect(parse(listenAddress(''), text)).toEqual(address);
  });
});

describe('url', () => {
  test.each(['http://127.0.0.1:8001', 'https://[::1]:6443/prefix', 'HTTPS://example.org'])('takes %s', (text) => {
    expect(parse(url(''), text)).toBe(text);
  });

  test.each(['127.0.0.1:8001', 'ftp://example.org', 'http://', 'https://a b', '//example.org'])(
    'refuses %s',
    (text) => {
      expect(parse(url(''), text)).toBeUndefined();
    },
  );
});

describe('duration', () => {
  test('is longer than nothing', () => {
    expect(parse(duration(''), '1ms')).toBe(1);
    expect(parse(duration(''), '0s')).toBeUndefined();
  });
});
