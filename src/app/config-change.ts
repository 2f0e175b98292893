import { isDeepStrictEqual } from 'node:util';
import type { Loaded } from '../config/load.ts';
import { isObject } from '../util/is-object.ts';

type Data = Loaded<unknown>['data'];

/** What became of the sinks, by name, and of the routes, from one configuration to another. */
export interface ConfigChange {
  readonly unchanged: ReadonlySet<string>;
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly routes: boolean;
}

/** From what was written: what was made of it (filters, templates) cannot be compared. */
export function configChange(before: Data, after: Data): ConfigChange {
  const [old, now] = [sinksOf(before), sinksOf(after)];
  const kept = [...now.keys()].filter((name) => old.has(name));
  const isSame = (name: string): boolean => isDeepStrictEqual(old.get(name), now.get(name));
  return {
    unchanged: new Set(kept.filter(isSame)),
    changed: kept.filter((name) => !isSame(name)),
    added: [...now.keys()].filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    routes: !isDeepStrictEqual(before['routes'], after['routes']),
  };
}

/** The settings besides sinks and routes that differ: only a restart applies them. */
export function settingsToRestartFor(before: Data, after: Data): readonly string[] {
  const settings = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...settings].filter(
    (setting) => setting !== 'sinks' && setting !== 'routes' && !isDeepStrictEqual(before[setting], after[setting]),
  );
}

function sinksOf({ sinks }: Data): ReadonlyMap<string, unknown> {
  const list: readonly unknown[] = Array.isArray(sinks) ? sinks : [];
  return new Map(list.filter(isObject).map((sink) => [String(sink['name']), sink]));
}
