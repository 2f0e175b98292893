import { describe, expect, test } from 'vitest';
import type { Break, ScopeCoverage } from '../core/coverage.ts';
import { missing, views } from './_coverage.ts';
import { coverageJson } from './_coverage-json.ts';
import { explain, missingLine, span } from './_coverage-words.ts';

const MINUTE = 60_000;
const NOW = new Date(2026, 2, 10, 12).getTime();
const at = (minutesAgo: number): number => NOW - minutesAgo * MINUTE;
const observed = (from: number, to: number) => ({ from: at(from), to: at(to) });
const stopped = (from: number, to: number): Break => ({
  from: at(from),
  to: at(to),
  cause: 'stopped',
  healed: true,
  unknown: 'revisions',
});

const WHOLE: ScopeCoverage = {
  cluster: 'prod',
  scope: '*',
  intervals: [observed(600, 300), observed(280, 0)],
  breaks: [stopped(300, 280)],
};
const SHOP: ScopeCoverage = { cluster: 'stage', scope: 'shop', intervals: [observed(60, 0)], breaks: [] };
const PAY: ScopeCoverage = { cluster: 'stage', scope: 'pay', intervals: [observed(60, 30)], breaks: [] };
const NODES: ScopeCoverage = { cluster: 'stage', scope: 'default/nodes', intervals: [observed(60, 0)], breaks: [] };

describe('views', () => {
  const scopesOf = (...args: Parameters<typeof views>) =>
    views(...args).map(({ cluster, scope }) => `${cluster}/${scope}`);

  test('shows one scope for all namespaces as one, and a list of namespaces one by one', () => {
    expect(scopesOf([WHOLE, SHOP, PAY], {})).toEqual(['prod/*', 'stage/shop', 'stage/pay']);
  });

  test('shows a namespace as observed by its own scope and by that of all', () => {
    const own: ScopeCoverage = { ...WHOLE, scope: 'shop', intervals: [observed(310, 270)], breaks: [] };
    const [view] = views([WHOLE, own], { namespaces: ['shop'] });
    expect(view?.observed).toEqual([observed(600, 0)]);
    expect(view && missing([view], { now: NOW })).toEqual([]);
  });

  test('counts the observer of nodes for a question about nodes alone', () => {
    const gapsIn = (nodes: boolean) =>
      missing(views([NODES], { namespaces: ['default'], nodes }), { since: at(50), now: NOW });
    expect(gapsIn(true)).toEqual([]);
    expect(gapsIn(false)).toEqual([{ cluster: 'stage', scope: 'default', from: at(50), to: NOW }]);
  });
});

describe('missing', () => {
  const all = views([WHOLE, SHOP, PAY], {});

  test('names gaps with their break, and what lasts until now', () => {
    expect(missing(all, { now: NOW })).toEqual([
      { cluster: 'prod', scope: '*', from: at(300), to: at(280), break: stopped(300, 280) },
      { cluster: 'stage', scope: 'pay', from: at(30), to: NOW },
    ]);
  });

  test('begins with the first observation unless a time is asked for', () => {
    const [view] = views([SHOP], {});
    expect(view && missing([view], { since: at(90), now: NOW })).toEqual([
      { cluster: 'stage', scope: 'shop', from: at(90), to: at(60) },
    ]);
  });

  test('clips breaks to the range', () => {
    expect(missing(all.slice(0, 1), { since: at(290), until: at(285), now: NOW })).toEqual([
      { cluster: 'prod', scope: '*', from: at(290), to: at(285), break: stopped(300, 280) },
    ]);
    expect(missing(all.slice(0, 1), { since: at(270), now: NOW })).toEqual([]);
  });

  test('names the part of a gap that no break explains', () => {
    const scope = { ...WHOLE, breaks: [stopped(300, 290)] };
    expect(missing(views([scope], {}), { now: NOW }).map(({ from, to, break: one }) => [from, to, one?.cause])).toEqual(
      [
        [at(300), at(290), 'stopped'],
        [at(290), at(280), undefined],
      ],
    );
  });

  test('does not take a break that only touches a gap for its reason', () => {
    const scope = { ...WHOLE, breaks: [stopped(320, 300), stopped(280, 250)] };
    expect(missing(views([scope], {}), { now: NOW })).toEqual([
      { cluster: 'prod', scope: '*', from: at(300), to: at(280) },
    ]);
  });

  test('names a skipped frame though observation went on', () => {
    const skipped: Break = { from: at(100), to: at(100), cause: 'oversized', healed: false, unknown: 'frame' };
    const scope = { ...WHOLE, breaks: [...WHOLE.breaks, skipped] };
    expect(missing(views([scope], {}), { since: at(200), now: NOW })).toEqual([
      { cluster: 'prod', scope: '*', from: at(100), to: at(100), break: skipped },
    ]);
  });

  test('does not call the last moments unobserved before they can be confirmed', () => {
    const scope = { ...SHOP, intervals: [observed(60, 1)] };
    expect(missing(views([scope], {}), { now: NOW })).toEqual([]);
  });
});

describe('missingLine', () => {
  test('is one short line, naming where when there are several places', () => {
    expect(missingLine(views([WHOLE, SHOP, PAY], {}), { now: NOW })).toBe(
      '# not observed: 07:00–07:20 in prod (stopped), 11:30–12:00 in stage/pay (until now)',
    );
    expect(missingLine(views([WHOLE], {}), { now: NOW })).toBe('# not observed: 07:00–07:20 (stopped)');
  });

  test('is none when nothing is missing', () => {
    expect(missingLine(views([SHOP], {}), { now: NOW })).toBeUndefined();
  });

  test('says so when nobody ever watched', () => {
    expect(missingLine([], { now: NOW })).toBe('# not observed: no cluster was observed yet');
    expect(coverageJson([], { now: NOW })).toMatchObject({ complete: false });
  });

  test('names the first five', () => {
    const intervals = Array.from({ length: 8 }, (_, index) => observed(600 - index * 20, 590 - index * 20));
    const line = missingLine(views([{ ...SHOP, intervals }], {}), { until: at(450), now: NOW });
    expect(line).toMatch(/, and 2 more: see tidings coverage$/);
  });
});

describe('span', () => {
  test.each([
    [observed(300, 280), '07:00–07:20'],
    [observed(1.5, 0), '11:58:30–12:00:00'],
    [observed(5, 5), '11:55:00'],
    [observed(2880, 2820), '2026-03-08 12:00–13:00'],
    [observed(2880, 60), '2026-03-08 12:00 – 2026-03-10 11:00'],
  ])('of %j is %s', (interval, words) => {
    expect(span(interval, NOW)).toBe(words);
  });
});

describe('explain', () => {
  test('says what happened, whether it was healed and what stays unknown', () => {
    const one: Break = { ...stopped(2, 1), cause: 'unreachable', healed: false, detail: 'connect\u001b[2J refused' };
    expect(explain({ to: at(1), break: one }, NOW)).toBe(
      'unreachable: the API server could not be reached (connect^[[2J refused); not healed: what was alive at its end was not read; ' +
        'events that came and went within it, and versions in between, stay unknown',
    );
  });
});

describe('coverageJson', () => {
  test('lists what was observed and what is missing, scope by scope', () => {
    const iso = (minutesAgo: number): string => new Date(at(minutesAgo)).toISOString();
    expect(coverageJson(views([WHOLE], {}), { since: at(400), now: NOW })).toEqual({
      from: iso(400),
      to: iso(0),
      complete: false,
      scopes: [
        {
          cluster: 'prod',
          scope: '*',
          observed: [
            { from: iso(400), to: iso(300) },
            { from: iso(280), to: iso(0) },
          ],
          missing: [{ from: iso(300), to: iso(280), cause: 'stopped', healed: true, unknown: 'revisions' }],
        },
      ],
    });
    expect(coverageJson(views([WHOLE], {}), { since: at(100), now: NOW })).toMatchObject({ complete: true });
    expect(coverageJson(views([WHOLE], {}), { now: NOW })).not.toHaveProperty('from');
  });
});
