import { describe, expect, test } from 'vitest';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { EVENTS, HOUR, served, WINDOW } from '../../../test/helpers/served-events.ts';
import type { Break, ScopeCoverage } from '../../core/coverage.ts';
import { coverageWarnings, warningHeaders } from './coverage-warnings.ts';

const NOW = Date.UTC(2026, 2, 10, 12);
const at = (hoursAgo: number): number => NOW - hoursAgo * HOUR;
const observed = (from: number, to: number) => ({ from: at(from), to: at(to) });
const WHOLE: ScopeCoverage = { cluster: 'prod', scope: '*', intervals: [observed(30, 0)], breaks: [] };
const of = (scope: string, ...intervals: ScopeCoverage['intervals']): ScopeCoverage => ({ ...WHOLE, scope, intervals });

function warnings(
  scopes: readonly ScopeCoverage[],
  { namespace, since = at(24), expiredBefore = 0 }: { namespace?: string; since?: number; expiredBefore?: number } = {},
): string[] {
  return coverageWarnings({ scopes, expiredBefore }, { cluster: 'prod', namespace, since, now: NOW });
}

describe('coverageWarnings', () => {
  test('is silent when all of the range was observed', () => {
    expect(warnings([WHOLE])).toEqual([]);
    expect(warnings([WHOLE], { namespace: 'shop' })).toEqual([]);
    expect(warnings([WHOLE, { ...of('*'), cluster: 'other' }])).toEqual([]);
  });

  test('names a gap with its cause, and what of it is known all the same', () => {
    const stopped: Break = { ...observed(5, 4), cause: 'stopped', healed: true, unknown: 'revisions' };
    const scope = { ...of('*', observed(30, 5), observed(4, 3), observed(2, 0)), breaks: [stopped] };
    expect(warnings([scope])).toEqual([
      'events from 2026-03-10T09:00:00Z to 2026-03-10T10:00:00Z are missing: nobody watched',
      'events from 2026-03-10T07:00:00Z to 2026-03-10T08:00:00Z are missing, but for what was still there at its end: Tidings was not running',
    ]);
    expect(warnings([scope], { since: at(1) })).toEqual([]);
  });

  test('names a skipped frame', () => {
    const skipped: Break = { ...observed(1, 1), cause: 'oversized', healed: false, unknown: 'frame' };
    expect(warnings([{ ...WHOLE, breaks: [skipped] }])).toEqual([
      'at 2026-03-10T11:00:00Z: an event above the size limit was skipped',
    ]);
  });

  test('says since when nobody watches, in the same words for as long as that lasts', () => {
    const words = ['nobody has watched since 2026-03-10T11:00:00Z: what happened since then is missing'];
    expect(warnings([of('*', observed(30, 1))])).toEqual(words);
    expect(
      coverageWarnings(
        { scopes: [of('*', observed(30, 1))], expiredBefore: 0 },
        { cluster: 'prod', namespace: undefined, since: at(24), now: NOW + HOUR },
      ),
    ).toEqual(words);
  });

  test('says when history begins and what has been deleted, unless all there is was asked for', () => {
    const scope = of('*', observed(3, 0));
    expect(warnings([scope], { expiredBefore: at(2) })).toEqual([
      'history begins at 2026-03-10T09:00:00Z: of what happened before, only what the API server still had is here',
      'what was last seen before 2026-03-10T10:00:00Z has been deleted here to save space',
    ]);
    const asked = { cluster: 'prod', namespace: undefined, since: undefined, now: NOW };
    expect(coverageWarnings({ scopes: [scope], expiredBefore: at(2) }, asked)).toEqual([]);
  });

  test('says which namespaces are watched, and where a gap is', () => {
    const some = [of('bank', observed(30, 0)), of('shop', observed(30, 3), observed(2, 0))];
    expect(warnings(some)).toEqual([
      'only this is watched: namespace bank and namespace shop',
      'events in namespace shop from 2026-03-10T09:00:00Z to 2026-03-10T10:00:00Z are missing: nobody watched',
    ]);
    expect(warnings([of('bank', observed(30, 0))])).toEqual(['only this is watched: namespace bank']);
    expect(warnings([])).toEqual(['the cluster is not watched: nothing is known of it']);
    expect(warnings(some, { namespace: 'bank' })).toEqual([]);
    expect(warnings(some, { namespace: 'farm' })).toEqual(['namespace farm is not watched: nothing is known of it']);
    expect(warnings([...some, of('default/nodes', observed(30, 0))], { namespace: 'default' })).toEqual([
      'but for events about nodes, namespace default is not watched: nothing is known of it',
    ]);
  });

  test('names the newest gaps only when there are many', () => {
    const intervals = Array.from({ length: 12 }, (_, index) => observed(30 - index * 2, 29 - index * 2));
    const told = warnings([of('*', ...intervals, observed(6, 0))], { since: at(30) });
    expect(told).toHaveLength(6);
    expect(told[0]).toContain('to 2026-03-10T06:00:00Z');
    expect(told.at(-1)).toBe('7 more gaps: tidings coverage names them');
  });
});

test('warningHeaders quotes what a header cannot carry, and keeps to its length', () => {
  expect(warningHeaders(['a "b" \\ ü\n'])).toEqual(['299 - "a \\"b\\" \\\\ ??"']);
  expect(warningHeaders(['x'.repeat(300)])).toEqual([`299 - "${'x'.repeat(256)}"`]);
});

describe('an answer', () => {
  const warningOf = async (server: Awaited<ReturnType<typeof served>>, path: string) => {
    const response = await fetch(server.url + path);
    await response.text();
    return response.headers.get('warning');
  };

  test('over a gap carries a warning: a list, its beginning, a watch that begins with the state, a name not found', async () => {
    const server = await served();
    const day = { from: START - WINDOW, to: START };
    await server.commit([{ resourceVersion: 10 }, { resourceVersion: 11 }], { observed: day });
    await server.commit([{ resourceVersion: 12 }], { observed: { from: START + HOUR / 2, to: START + HOUR } });
    const expected = expect.stringMatching(/^299 - "events from \S+ to \S+ are missing: nobody watched"$/);
    expect(await warningOf(server, EVENTS)).toEqual(expected);
    expect(await warningOf(server, `${EVENTS}?fieldSelector=reason=Nothing`)).toEqual(expected);
    const first = await server.get(`${EVENTS}?limit=1`);
    expect(first.headers.get('warning')).toEqual(expected);
    expect(await warningOf(server, `${EVENTS}?limit=1&continue=${first.body.metadata.continue}`)).toBeNull();
    expect(await warningOf(server, '/api/v1/namespaces/shop/events/nobody')).toEqual(expected);
    expect(await warningOf(server, `${EVENTS}?watch=1&timeoutSeconds=1`)).toEqual(expected);
    expect(await warningOf(server, `${EVENTS}?watch=1&resourceVersion=12&timeoutSeconds=1`)).toBeNull();
  });

  test('over what was observed carries none', async () => {
    const server = await served();
    await server.commit([{ resourceVersion: 10 }], { observed: { from: START - WINDOW, to: START + HOUR } });
    expect(await warningOf(server, EVENTS)).toBeNull();
    expect(await warningOf(server, '/api/v1/namespaces/shop/events/nobody')).toBeNull();
  });
});
