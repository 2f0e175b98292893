/** What readiness means: everything that was configured is being watched, and what arrives becomes durable. */
import type { Check } from '../api/probes.ts';
import type { ScopeStatus } from '../component/source.ts';
import type { IngestStatus } from '../pipeline/ingest.ts';
import type { CollectorStatus } from './collector.ts';

/** Longer than an idle watch goes without a refresh or its own end. */
export const MAX_SILENCE_MS = 5 * 60_000;
const MAX_LAG_MS = 5_000;

/** What an operator should know of a store whose directory is volatile. */
export const VOLATILE_STORE = 'what is stored is lost with this container; name a lasting volume by TIDINGS_DATA';

export function readiness(status: CollectorStatus, now: number, { volatile = false } = {}): readonly Check[] {
  const store = storeCheck(status.ingest);
  return [
    volatile ? { ...store, note: VOLATILE_STORE } : store,
    ...status.scopes.map((scope) => scopeCheck(scope, now)),
  ];
}

function storeCheck({ problem, lagMs, pendingRecords }: IngestStatus): Check {
  const name = 'store';
  if (problem !== undefined) return { name, problem };
  if (lagMs <= MAX_LAG_MS) return { name };
  return { name, problem: `positions lag: ${pendingRecords} records have waited ${seconds(lagMs)} to be committed` };
}

function scopeCheck({ cluster, scope, state, lastContact, problem }: ScopeStatus, now: number): Check {
  const name = `watch ${cluster} ${scope}`;
  const why = problem === undefined ? state : `${state}: ${problem}`;
  if (state === 'refused' || state === 'listing') return { name, problem: why };
  if (lastContact === undefined) return { name, problem: `not watched yet (${why})` };
  if (now - lastContact <= MAX_SILENCE_MS) return { name };
  return { name, problem: `no frame or refresh for ${seconds(now - lastContact)} (${why})` };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
