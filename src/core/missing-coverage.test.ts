import { describe, expect, test } from 'vitest';
import { at, NOW, observed, PAY, SHOP, stopped, WHOLE } from '../../test/helpers/scope-coverages.ts';
import type { Break, ScopeCoverage } from './coverage.ts';
import { missing, views } from './missing-coverage.ts';

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
