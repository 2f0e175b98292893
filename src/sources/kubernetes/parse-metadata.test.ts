import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectMetadata } from './object-metadata.ts';
import { parseMetadataFrame, parseMetadataItem } from './parse-metadata.ts';

const IDENTITY = { name: 'web-0', namespace: 'shop', uid: 'u1', resourceVersion: '7' };
const MANAGED = { managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:metadata': { 'f:labels': {} } } }] };
const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u2', controller: true };

function frame(type: string, metadata: object): Buffer {
  const object = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
  return Buffer.from(JSON.stringify({ type, object }));
}

describe('parseMetadataFrame', () => {
  test('reads what is of use, and no copy of the object among its annotations', () => {
    const metadata = {
      ...IDENTITY,
      creationTimestamp: '2026-01-31T08:00:00Z',
      deletionTimestamp: '2026-01-31T08:00:30Z',
      labels: { app: 'web' },
      annotations: {
        note: 'x',
        'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"cGFzcw=="}}',
      },
      ownerReferences: [OWNER, { kind: 'nameless' }],
      ...MANAGED,
    };
    expect(parseMetadataFrame(frame('MODIFIED', metadata))).toEqual({
      type: 'MODIFIED',
      metadata: {
        ...IDENTITY,
        created: Date.parse('2026-01-31T08:00:00Z'),
        deleting: true,
        labels: { app: 'web' },
        annotations: { note: 'x' },
        owners: [OWNER],
      },
    });
  });

  test('reads bookmarks and errors', () => {
    const bookmark = frame('BOOKMARK', { resourceVersion: '9', creationTimestamp: null });
    expect(parseMetadataFrame(bookmark)).toEqual({ type: 'BOOKMARK', resourceVersion: '9' });
    const gone = Buffer.from('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}');
    expect(parseMetadataFrame(gone)).toEqual({
      type: 'ERROR',
      status: { kind: 'Status', code: 410, reason: 'Expired' },
    });
  });

  test.each([
    '',
    'null',
    '[]',
    '{"type":"ADDED"}',
    '{"type":"ADDED","object":{"metadata":{"name":"x"}}}',
    '{"type":"ODD"',
  ])('throws for %s', (text) => {
    expect(() => parseMetadataFrame(Buffer.from(text))).toThrow(/^read metadata: found .+, want/);
    expect(() => parseMetadataItem(Buffer.from(text))).toThrow(/^read metadata: found .+, want/);
  });

  test('says the same with and without managed fields, whatever is beside them', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(',"managedFields":[{', '}]}}}', '"', '\\'));
    // V8 takes the key `"` for `\\` once it has seen that one in its place: JSON.parse('{"a":1,"\\\\":2}'), then of '{"a":1,"\\"":3}'.
    const key = text.filter((one) => one !== '"' && one !== '\\');
    const texts = fc.dictionary(key, text);
    fc.assert(
      fc.property(texts, texts, fc.boolean(), (labels, annotations, isLast) => {
        const metadata = { ...IDENTITY, labels, annotations };
        const managed = isLast ? { ...metadata, ...MANAGED } : { ...MANAGED, ...metadata, finalizers: ['x'] };
        const wanted = objectMetadata(JSON.parse(JSON.stringify(metadata)));
        expect(parseMetadataFrame(frame('ADDED', managed))).toEqual({ type: 'ADDED', metadata: wanted });
        expect(parseMetadataItem(Buffer.from(JSON.stringify({ metadata: managed })))).toEqual(wanted);
      }),
    );
  });
});
