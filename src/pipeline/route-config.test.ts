import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { FieldPath } from '../config/field-tree.ts';
import { loadConfig } from '../config/load.ts';
import type { EventRecord } from '../core/record.ts';
import { routeProblems, routesConfig, THROTTLE_FIELDS } from './route-config.ts';

const schema = v.strictObject({ routes: routesConfig });

async function load(text: string, env: Record<string, string> = {}) {
  return (await loadConfig({ schema, file: 'c.yaml', text, env })).config.routes;
}

const NOTHING = { labels: {}, redact: [], continue: false, routes: [] };

describe('routesConfig', () => {
  test('fills in what does nothing', async () => {
    expect(await load('routes: [{}]')).toEqual([NOTHING]);
  });

  test('takes every setting', async () => {
    const [route] = await load(`
routes:
  - match: event.type == "Warning"
    drop: cluster == "test"
    sinks: [a, b]
    labels: { team: shop }
    throttle: { rate: 10/m, burst: 20, key: [cluster, involvedObject.name] }
    dedupe: { window: 5m }
    sample: 0.5%
    redact: [{ pattern: 'token=\\S+', replacement: '' }, { pattern: x }]
    continue: true
    routes: [{ routes: [{ sinks: [] }] }]
`);
    const record = { cluster: 'prod', body: { type: 'Warning' } } as EventRecord;
    expect(route?.match?.matches(record, { occurrences: 1 })).toBe(true);
    expect(route?.drop?.matches(record, { occurrences: 1 })).toBe(false);
    expect(route?.redact.map(({ pattern, replacement }) => [pattern.source, replacement])).toEqual([
      ['token=\\S+', ''],
      ['x', '***'],
    ]);
    expect(route).toMatchObject({
      sinks: ['a', 'b'],
      labels: { team: 'shop' },
      throttle: { rate: { count: 10, periodMs: 60_000 }, burst: 20, key: ['cluster', 'involvedObject.name'] },
      dedupe: { window: 300_000 },
      sample: 0.005,
      continue: true,
      routes: [{ ...NOTHING, routes: [{ ...NOTHING, sinks: [] }] }],
    });
  });

  test.each([
    ['1/s', 1, 1000],
    ['600/m', 600, 60_000],
    ['5/h', 5, 3_600_000],
  ])('takes the rate %s', async (rate, count, periodMs) => {
    expect((await load(`routes: [{ throttle: { rate: ${rate} } }]`))[0]?.throttle).toEqual({
      rate: { count, periodMs },
      key: [],
    });
  });

  test.each(['0/m', '10', '10/d', '10/min', '-1/s', '1.5/s', `${'9'.repeat(20)}/s`])(
    'refuses the rate %s',
    async (rate) => {
      await expect(load(`routes: [{ throttle: { rate: '${rate}' } }]`)).rejects.toThrow(
        'want a rate such as 10/m, per s, m or h',
      );
    },
  );

  test.each(['0%', '101%', '100.1%', '10', '-5%', '5 %', '1e1%'])('refuses the share %s', async (share) => {
    await expect(load(`routes: [{ sample: '${share}' }]`)).rejects.toThrow(
      'want a share such as 10% or 0.5%, up to 100%',
    );
  });

  test('takes a share of all', async () => {
    expect((await load('routes: [{ sample: 100% }]'))[0]?.sample).toBe(1);
  });

  test.each([
    ['{ match: event.reasn == "" }', '1:19: routes[0].match: filter:1:7: unknown field reasn of Event'],
    ['{ routes: [{ drop: true && }] }', '1:29: routes[0].routes[0].drop: filter:1:8: found the end, want a value'],
    ['{ labels: { team: 5 } }', '1:28: routes[0].labels.team: found the number 5, want a text, in quotes'],
    ['{ throttle: {} }', '1:22: routes[0].throttle.rate: missing, want a rate such as 10/m'],
    [
      '{ throttle: { rate: 1/s, key: [involvedObject.nam] } }',
      '1:41: routes[0].throttle.key[0]: found "involvedObject.nam", did you mean "involvedObject.name"?',
    ],
    ['{ dedupe: { window: 0s } }', '1:30: routes[0].dedupe.window: found "0s", want a duration'],
    [
      "{ redact: [{ pattern: 'a(' }] }",
      '1:32: routes[0].redact[0].pattern: regular expression:1:3: found the end, want )',
    ],
    ['{ redact: [{}] }', '1:21: routes[0].redact[0].pattern: missing, want a regular expression'],
    ['{ continue: yes }', '1:22: routes[0].continue: found "yes", want true or false'],
    ['{ routes: [{ contniue: true }] }', '1:23: routes[0].routes[0].contniue: unknown key, did you mean "continue"?'],
  ])('refuses %s', async (routes, message) => {
    await expect(load(`routes: [${routes}]`)).rejects.toThrow(`c.yaml:${message}`);
  });

  test('counts apart by fields that are named once each', () => {
    expect(new Set(THROTTLE_FIELDS).size).toBe(THROTTLE_FIELDS.length);
  });
});

describe('routeProblems', () => {
  const NOWHERE = 'leads to no sink, want the names of sinks, or `sinks: []` to deliver nothing of it';
  const UNREACHED = 'no route leads to it, want its name in the `sinks` of a route';

  test.each<[string, unknown, (string | undefined)[], [FieldPath, string][]]>([
    ['no routes', undefined, ['a'], []],
    ['an empty list', [], ['a'], []],
    ['what is no list', 'a', ['a'], []],
    ['routes that reach all', [{ sinks: ['a'], routes: [{ sinks: ['b'] }, {}] }], ['a', 'b'], []],
    ['sinks below alone', [{ routes: [{ sinks: ['a'] }] }], ['a'], []],
    ['a route that discards', [{ sinks: [] }, { sinks: ['a'] }], ['a'], []],
    ['a leaf without sinks', [{ sinks: ['a'] }, { routes: [{}] }], ['a'], [[['routes', 1, 'routes', 0], NOWHERE]]],
    [
      'a misspelt name',
      [{ sinks: ['alpha', 'alhpa'] }],
      ['alpha', 'beta'],
      [
        [['routes', 0, 'sinks', 1], 'want the name of a sink; did you mean "alpha"?'],
        [['sinks', 1], UNREACHED],
      ],
    ],
    [
      'a name of nothing',
      [{ routes: [{ sinks: ['x'] }] }, { sinks: ['alpha', 'beta'] }],
      ['alpha', 'beta'],
      [[['routes', 0, 'routes', 0, 'sinks', 0], 'want the name of a sink: alpha or beta']],
    ],
    [
      'no sinks',
      [{ sinks: ['x'] }],
      [],
      [[['routes', 0, 'sinks', 0], 'want the name of a sink, of which there is none']],
    ],
    ['what is wrong already', [{ sinks: [5], routes: [7] }, 'x', null], [undefined], []],
  ])('judges %s', (_case, routes, names, expected) => {
    expect([...routeProblems(routes, names)].map(({ path, message }) => [path, message])).toEqual(expected);
  });
});
