import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serverBehind } from '../../../test/helpers/proxied-server.ts';
import { protobufVersion } from './protobuf-version.ts';
import { onWrittenVersion } from './written-version.ts';

function field(number: number, bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes);
  const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
}

/** As an API server writes it: a TypeMeta, then the object with its metadata. */
function encoded(kind: string, ...metadata: readonly Buffer[]): Buffer {
  const typeMeta = Buffer.concat([field(1, 'v1'), field(2, kind)]);
  const object = Buffer.concat([field(1, Buffer.concat(metadata)), field(2, 'x'), field(4, 'reason')]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, typeMeta), field(2, object), field(3, ''), field(4, '')]);
}

const NAMED = field(1, 'a'.repeat(200));
const FIXED = Buffer.from([7 * 8, 0x96, 0x01, 9 * 8 + 1, 0, 0, 0, 0, 0, 0, 0, 0, 10 * 8 + 5, 0, 0, 0, 0]);

async function written(headers: Record<string, string>, body: Buffer | string): Promise<number | undefined> {
  const server = await serverBehind((_, response) => response.writeHead(201, headers).end(body));
  const [answer] = (await once(get(server.url), 'response')) as [IncomingMessage];
  return new Promise((resolve) => onWrittenVersion(answer, resolve));
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

test.each([
  ['an event', JSON_TYPE, '{"kind":"Event","metadata":{"name":"a","resourceVersion":"4711"}}', 4711],
  ['a status', JSON_TYPE, '{"kind":"Status","metadata":{}}', undefined],
  ['no object', JSON_TYPE, '[1]', undefined],
  ['no JSON', JSON_TYPE, 'kind: Event', undefined],
  ['what is no version', JSON_TYPE, '{"metadata":{"resourceVersion":"4e3"}}', undefined],
  [
    'an event in protobuf',
    { 'Content-Type': 'application/vnd.kubernetes.protobuf' },
    encoded('Event', NAMED, FIXED, field(6, '4711')),
    4711,
  ],
  [
    'what is compressed',
    { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
    '{"metadata":{"resourceVersion":"1"}}',
    undefined,
  ],
  ['what is large', JSON_TYPE, `{"metadata":{"resourceVersion":"1"}}${' '.repeat(300_000)}`, undefined],
] as const)('onWrittenVersion tells the version of %s', async (_, headers, body, version) => {
  expect(await written(headers, body)).toBe(version);
});

test('protobufVersion tells that of an event, and of nothing else', () => {
  const version = field(6, '4711');
  expect(protobufVersion(encoded('Event', NAMED, FIXED, version))).toBe('4711');
  expect(protobufVersion(encoded('Event', NAMED))).toBeUndefined();
  expect(protobufVersion(encoded('Status', NAMED, version))).toBeUndefined();
  expect(protobufVersion(encoded('Event', NAMED, version).subarray(4))).toBeUndefined();
});

test('protobufVersion ends for every input', () => {
  const whole = encoded('Event', NAMED, FIXED, field(6, '4711'));
  for (let length = 0; length < whole.length; length++) protobufVersion(whole.subarray(0, length));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(whole.length), (noise, at) => {
      const broken = Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at + noise.length)]);
      const found = protobufVersion(broken);
      expect(found === undefined || typeof found === 'string').toBe(true);
    }),
  );
});
