import { describe, expect, test } from 'vitest';
import { eventsRequest, placeOf, scopesOf } from './scopes.ts';

describe('scopesOf', () => {
  test.each([
    [undefined, ['*']],
    [[], ['*']],
    [['shop', '*'], ['*']],
    [
      ['shop', 'default'],
      ['shop', 'default'],
    ],
    [
      ['shop', 'bank', 'shop'],
      ['shop', 'bank', 'default/nodes'],
    ],
  ])('turns namespaces %j into %j', (namespaces, scopes) => {
    expect(scopesOf(namespaces)).toEqual(scopes);
  });
});

describe('eventsRequest', () => {
  test('asks for all namespaces, for one, or for the events about nodes', () => {
    expect(eventsRequest('*')).toEqual({ resource: 'events', path: '/api/v1/events', query: {} });
    expect(eventsRequest('a/b')).toEqual({ resource: 'events', path: '/api/v1/namespaces/a%2Fb/events', query: {} });
    expect(eventsRequest('default/nodes')).toEqual({
      resource: 'events',
      path: '/api/v1/namespaces/default/events',
      query: { fieldSelector: 'involvedObject.kind=Node' },
    });
  });
});

describe('placeOf', () => {
  test('says where a right is needed', () => {
    expect(['*', 'shop', 'default/nodes'].map(placeOf)).toEqual([
      'all namespaces',
      'namespace shop',
      'namespace default',
    ]);
  });
});
