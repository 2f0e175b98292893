import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const KEYS = ['name', 'kubeconfig', 'context', 'server', 'namespaces', 'eventTTL', 'data'];

describe('nearestName', () => {
  test.each([
    ['namespace', 'namespaces'],
    ['nmae', 'name'],
    ['nam', 'name'],
    ['kubeConfig', 'kubeconfig'],
    ['eventTtl', 'eventTTL'],
    ['contxet', 'context'],
    ['sevrer', 'server'],
    ['retention', undefined],
    ['x', undefined],
    ['', undefined],
  ])('takes %j to mean %j', (name, nearest) => {
    expect(nearestName(name, KEYS)).toBe(nearest);
  });

  test('counts a swap of neighbours as one slip', () => {
    expect(nearestName('get', ['egt'])).toBe('egt');
    expect(nearestName('get', ['tge'])).toBeUndefined();
  });

  test('takes the nearer of two, and the first of two that are equally near', () => {
    expect(nearestName('describ', ['describes', 'describe'])).toBe('describe');
    expect(nearestName('bat', ['cat', 'rat'])).toBe('cat');
  });

  test('finds every name itself', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        expect(nearestName(name, [name])).toBe(name);
      }),
    );
  });
});
