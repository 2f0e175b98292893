import type { ScopeStatus } from '../component/source.ts';
import type { Scope } from '../core/record.ts';
import { MAX_SILENCE_MS } from './readiness.ts';

const VALID_MS = 1_000;

/** The scopes of a cluster that are being watched: whatever was asked for within the last second is not asked again. */
export function watchedScopes(
  cluster: string,
  status: () => Promise<readonly ScopeStatus[]>,
  now: () => number = Date.now,
): () => Promise<ReadonlySet<Scope>> {
  let asked: { readonly at: number; readonly scopes: Promise<ReadonlySet<Scope>> } | undefined;
  const ask = async (): Promise<ReadonlySet<Scope>> => {
    const watched = (await status()).filter((scope) => scope.cluster === cluster && isWatched(scope, now()));
    return new Set(watched.map(({ scope }) => scope));
  };
  return () => {
    if (!asked || now() - asked.at >= VALID_MS) asked = { at: now(), scopes: ask() };
    return asked.scopes;
  };
}

function isWatched({ state, lastContact }: ScopeStatus, now: number): boolean {
  return state === 'watching' && lastContact !== undefined && now - lastContact <= MAX_SILENCE_MS;
}
