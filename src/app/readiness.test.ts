import { describe, expect, test } from 'vitest';
import type { ScopeStatus } from '../component/source.ts';
import type { IngestStatus } from '../pipeline/ingest.ts';
import { readiness } from './readiness.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const COMMITTING: IngestStatus = { pendingRecords: 0, lagMs: 0 };
const WATCHING: ScopeStatus = { cluster: 'prod', scope: '*', state: 'watching', lastContact: NOW - 1_000 };

const scopeProblem = (status: Partial<ScopeStatus>) =>
  readiness({ ingest: COMMITTING, scopes: [{ ...WATCHING, ...status }] }, NOW)[1]?.problem;
const storeProblem = (status: Partial<IngestStatus>) =>
  readiness({ ingest: { ...COMMITTING, ...status }, scopes: [] }, NOW)[0]?.problem;

describe('readiness', () => {
  test('has no problem while every scope is watched and the store is written', () => {
    expect(readiness({ ingest: COMMITTING, scopes: [WATCHING] }, NOW)).toEqual([
      { name: 'store' },
      { name: 'watch prod *' },
    ]);
  });

  test('names why the store cannot be written', () => {
    expect(storeProblem({ problem: 'no space left' })).toBe('no space left');
  });

  test('says that positions lag when records wait for more than 5 seconds', () => {
    expect(storeProblem({ pendingRecords: 7, lagMs: 5_000 })).toBeUndefined();
    expect(storeProblem({ pendingRecords: 7, lagMs: 5_600 })).toBe(
      'positions lag: 7 records have waited 6 s to be committed',
    );
  });

  test('says of a store that is volatile that it is, and it is well all the same', () => {
    const status = { ingest: COMMITTING, scopes: [] };
    expect(readiness(status, NOW, { volatile: true })).toEqual([
      { name: 'store', note: expect.stringContaining('TIDINGS_DATA') },
    ]);
    expect(readiness(status, NOW)).toEqual([{ name: 'store' }]);
  });

  test('fails at once for a scope that is refused, with the rule that is missing', () => {
    expect(scopeProblem({ state: 'refused', problem: 'RBAC rule missing' })).toBe('refused: RBAC rule missing');
  });

  test('fails while a scope is listed', () => {
    expect(scopeProblem({ state: 'listing' })).toBe('listing');
  });

  test('fails for a scope that was never watched', () => {
    const { lastContact: _, ...neverHeard } = WATCHING;
    const status = {
      ingest: COMMITTING,
      scopes: [{ ...neverHeard, state: 'unreachable', problem: 'ECONNREFUSED' } as const],
    };
    expect(readiness(status, NOW)[1]?.problem).toBe('not watched yet (unreachable: ECONNREFUSED)');
  });

  test('fails when nothing was heard for more than 5 minutes, and not before', () => {
    expect(scopeProblem({ state: 'unreachable', lastContact: NOW - 300_000 })).toBeUndefined();
    expect(scopeProblem({ state: 'unreachable', lastContact: NOW - 301_000 })).toBe(
      'no frame or refresh for 301 s (unreachable)',
    );
  });
});
