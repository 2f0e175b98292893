import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortFormToFilter } from '../../../src/lang/short-form.ts';
import { type ObjectPlace, pathOf, placeOf, queryAbout } from './object-address.ts';

const POD: ObjectPlace = { kind: 'Pod', namespace: 'shop', name: 'web-0', isWorkload: false };

describe('pathOf', () => {
  test('leads to objects and to workloads, with signs for what they do not have', () => {
    expect(pathOf(POD)).toBe('objects/Pod/shop/web-0');
    expect(pathOf({ kind: 'Node', namespace: '', name: 'node-1', isWorkload: false })).toBe('objects/Node/-/node-1');
    expect(pathOf({ kind: '', namespace: 'shop', name: 'web', isWorkload: true })).toBe('objects/workload/-/shop/web');
  });

  test('stays below the page and is read back, whatever a name is', () => {
    const text = fc.string({ unit: 'binary', maxLength: 8 }).map((each) => each.toWellFormed());
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (kind, namespace, name, isWorkload) => {
        const path = pathOf({ kind, namespace, name, isWorkload });
        fc.pre(path !== undefined && kind !== '-' && namespace !== '-');
        const { pathname } = new URL(path, 'http://tidings/prefix/');
        const [empty, prefix, view, ...parts] = pathname.split('/');
        expect([empty, prefix, view, parts.length]).toEqual(['', 'prefix', 'objects', isWorkload ? 4 : 3]);
        const [readKind = '', readNamespace = '', readName = ''] = parts.slice(-3).map(decodeURIComponent);
        const read = placeOf({ kind: readKind, namespace: readNamespace, name: readName }, isWorkload);
        expect(read).toEqual({ kind, namespace, name, isWorkload });
      }),
    );
  });

  test('is none for what a browser takes for a direction, and for no name', () => {
    for (const name of ['', '.', '..']) expect(pathOf({ ...POD, name })).toBeUndefined();
  });
});

describe('queryAbout', () => {
  test('finds the object, its workload, or what a part of one is called', () => {
    expect(queryAbout(POD, '')).toBe('namespace:shop kind:Pod name:web-0');
    expect(queryAbout({ ...POD, kind: 'Deployment', name: 'web', isWorkload: true }, ' -type:Normal ')).toBe(
      'namespace:shop workload:web -type:Normal',
    );
    expect(queryAbout({ ...POD, kind: 'ReplicaSet', name: 'web-5d4f8c7b9x', isWorkload: true }, '')).toBe(
      'namespace:shop name:web-5d4f8c7b9x,web-5d4f8c7b9x-*',
    );
  });

  test('stays in CEL where the query is', () => {
    expect(queryAbout(POD, '=event.count > 3 || severity == "critical"')).toBe(
      '=event.involvedObject.namespace == "shop" && event.involvedObject.kind == "Pod" && ' +
        'event.involvedObject.name == "web-0" && (event.count > 3 || severity == "critical")',
    );
  });

  test('is right, whatever a name is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), (name) => {
        expect(() => shortFormToFilter(queryAbout({ ...POD, name }, ''))).not.toThrow();
      }),
    );
  });
});
