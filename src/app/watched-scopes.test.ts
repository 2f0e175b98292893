import { expect, test } from 'vitest';
import type { ScopeStatus } from '../component/source.ts';
import { watchedScopes } from './watched-scopes.ts';

const MINUTE = 60_000;

test('watchedScopes tells those of the cluster that are watched now, and asks once a second', async () => {
  let now = 6 * MINUTE;
  let asked = 0;
  const scope = (name: string, more: Partial<ScopeStatus> = {}): ScopeStatus => {
    return { cluster: 'prod', scope: name, state: 'watching', lastContact: now, ...more };
  };
  let scopes = [
    scope('shop'),
    scope('quiet', { lastContact: now - 5 * MINUTE }),
    scope('silent', { lastContact: now - 5 * MINUTE - 1 }),
    scope('refused', { state: 'refused' }),
    scope('away', { state: 'unreachable' }),
    scope('new', { state: 'listing' }),
    scope('elsewhere', { cluster: 'other' }),
  ];
  const watched = watchedScopes(
    'prod',
    async () => {
      asked++;
      return scopes;
    },
    () => now,
  );
  expect([...(await watched())]).toEqual(['shop', 'quiet']);
  scopes = [];
  now += 999;
  expect([...(await watched())]).toEqual(['shop', 'quiet']);
  expect(asked).toBe(1);
  now++;
  expect([...(await watched())]).toEqual([]);
});
