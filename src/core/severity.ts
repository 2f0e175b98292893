/** How much an event matters to somebody on call. */

/** The severest first. */
export const SEVERITIES = ['critical', 'warning', 'change', 'normal'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Whatever their type: controllers write NodeNotReady, and kubelets the BackOff of an image, as Normal. */
const CRITICAL: ReadonlySet<string> = new Set([
  'BackOff',
  'Evicted',
  'Failed',
  'FailedCreate',
  'NodeNotReady',
  'OOMKilling',
  'SystemOOM',
]);

/** Somebody, or a controller, changed what is to run. */
const CHANGES: ReadonlySet<string> = new Set(['ReconciliationSucceeded', 'ScalingReplicaSet', 'SuccessfulRescale']);

export function severityOf({ type, reason }: { readonly type: string; readonly reason: string }): Severity {
  if (CRITICAL.has(reason)) return 'critical';
  if (type === 'Warning') return 'warning';
  return CHANGES.has(reason) ? 'change' : 'normal';
}
