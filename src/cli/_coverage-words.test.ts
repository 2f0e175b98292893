import { describe, expect, test } from 'vitest';
import { at, NOW, observed, PAY, SHOP, stopped, WHOLE } from '../../test/helpers/scope-coverages.ts';
import type { Break } from '../core/coverage.ts';
import { views } from '../core/missing-coverage.ts';
import { coverageJson } from './_coverage-json.ts';
import { explain, missingLine, span } from './_coverage-words.ts';

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
