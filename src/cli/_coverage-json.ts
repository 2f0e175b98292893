/** Coverage in the machine-readable outputs; docs/reference/json-output.md is their contract. */
import type { Break, Interval } from '../core/coverage.ts';
import { type CoverageRange, clip, type Missing, missing, type View } from '../core/missing-coverage.ts';
import { rfc3339 } from '../core/rfc3339.ts';

export function coverageJson(seen: readonly View[], range: CoverageRange): unknown {
  const from = range.since;
  const to = Math.min(range.until ?? range.now, range.now);
  const found = missing(seen, range);
  return {
    ...(from !== undefined && { from: rfc3339(from) }),
    to: rfc3339(to),
    complete: seen.length > 0 && found.length === 0,
    scopes: seen.map((view) => scopeJson(view, found, { from: from ?? 0, to })),
  };
}

function scopeJson(view: View, found: readonly Missing[], range: Interval): unknown {
  const { cluster, scope } = view;
  return {
    cluster,
    scope,
    observed: clip(view.observed, range).map(intervalJson),
    missing: found
      .filter((one) => one.cluster === cluster && one.scope === scope)
      .map((one) => ({ ...intervalJson(one), ...(one.break && breakJson(one.break)) })),
  };
}

function intervalJson({ from, to }: Interval): { from: string; to: string } {
  return { from: rfc3339(from), to: rfc3339(to) };
}

function breakJson({ cause, healed, unknown, detail }: Break): Omit<Break, 'from' | 'to'> {
  return { cause, healed, unknown, ...(detail !== undefined && { detail }) };
}
