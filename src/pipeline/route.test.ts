import { describe, expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { type RouteSketch, route } from '../../test/helpers/routes.ts';
import type { EventRecord } from '../core/record.ts';
import { compileFilter, type Filter } from '../lang/filter.ts';
import { filtersOf, routesOf } from './route.ts';

const filter = (source: string): Filter =>
  compileFilter(source, {
    otherwise: false,
    onError: (error) => {
      throw error;
    },
  });

function record(reason: string, type = 'Normal'): EventRecord {
  const plain = revision({ event: 1, resourceVersion: 1, second: 1, count: 1, object: 1 });
  return { ...plain, body: { ...plain.body, reason, type } };
}

const warning = filter('event.type == "Warning"');
const backOff = filter('event.reason == "BackOff"');

const sinksOf = (routes: readonly RouteSketch[], of: EventRecord): readonly string[] => [
  ...routesOf(routes.map(route), of, { occurrences: 1 }).keys(),
];

describe('routesOf', () => {
  test.each([
    ['a route without conditions takes everything', [{ sinks: ['a', 'b'] }], ['a', 'b']],
    ['the first route that takes it ends the search', [{ match: warning, sinks: ['a'] }, { sinks: ['b'] }], ['a']],
    [
      'unless it says to go on',
      [{ match: warning, sinks: ['a'], continue: true }, { sinks: ['b'] }, { sinks: ['c'] }],
      ['a', 'b'],
    ],
    ['one whose match does not hold takes nothing', [{ match: filter('event.type == "Normal"'), sinks: ['a'] }], []],
    ['what is dropped reaches nobody after', [{ drop: backOff }, { sinks: ['a'] }], []],
    ['what is not dropped goes on', [{ drop: filter('event.reason == "Pulled"') }, { sinks: ['a'] }], ['a']],
    ['what came before a drop stays', [{ sinks: ['a'], continue: true }, { drop: backOff }, { sinks: ['b'] }], ['a']],
    [
      'a nested route takes it from the one around',
      [{ sinks: ['a'], routes: [{ match: backOff, sinks: ['b'] }] }],
      ['b'],
    ],
    [
      'what no nested route takes stays with the one around',
      [{ sinks: ['a'], routes: [{ match: filter('event.reason == "Pulled"'), sinks: ['b'] }] }],
      ['a'],
    ],
    ['a nested route has the sinks of the one around', [{ sinks: ['a'], routes: [{ match: backOff }] }], ['a']],
    ['a nested drop is final', [{ sinks: ['a'], routes: [{ drop: backOff }] }, { sinks: ['b'] }], []],
    ['a sink is reached once', [{ sinks: ['a'], continue: true }, { sinks: ['a', 'b'] }], ['a', 'b']],
  ] satisfies [string, readonly RouteSketch[], readonly string[]][])('%s', (_, routes, expected) => {
    expect(sinksOf(routes, record('BackOff', 'Warning'))).toEqual(expected);
  });

  test('tells the way: the routes from the outermost to the one that sends', () => {
    const outer = route({ sinks: ['a'], routes: [{ match: backOff }] });
    expect(routesOf([outer], record('BackOff'), { occurrences: 1 }).get('a')).toEqual([outer, outer.routes[0]]);
  });
});

test('filtersOf: finds those of nested routes too', () => {
  const routes = [route({ match: warning, routes: [{ drop: backOff }] }), route({ sinks: ['a'] })];
  expect(filtersOf(routes)).toEqual([warning, backOff]);
});
