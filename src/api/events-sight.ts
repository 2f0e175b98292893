/** What of a cluster's events somebody may see, by what its API server says of their rights. */
import type { AccessReviews, Decision, ResourceAttributes } from '../component/access-reviews.ts';
import type { EventsAttempt, Sight } from './access.ts';
import type { StatusError } from './status-error.ts';

export interface CallerRights extends Pick<AccessReviews, 'namespaceCreatedAt'> {
  may(attributes: ResourceAttributes): Promise<Decision | undefined>;
  /** What is thrown at those who may not. */
  refusal(decision: Decision | undefined): StatusError;
}

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/**
 * RBAC names a namespace, not its incarnation: what is older than the namespace, or of one that is gone, is for those who
 * may read everywhere.
 */
export async function eventsSight(attempt: EventsAttempt, rights: CallerRights): Promise<Sight> {
  const { verb, group, namespace, name } = attempt;
  const everywhere = { verb, group, version: 'v1', resource: 'events' };
  const attributes = { ...everywhere, ...(namespace && { namespace }), ...(name && { name }) };
  const isPartial = namespace !== undefined && READS.has(verb);
  const [decision, wide] = await Promise.all([rights.may(attributes), isPartial ? rights.may(everywhere) : undefined]);
  if (!decision?.allowed) throw rights.refusal(decision);
  const validMs = Math.min(decision.validMs, wide?.validMs ?? decision.validMs);
  if (!isPartial || wide?.allowed) return { validMs };
  const notBefore = (await rights.namespaceCreatedAt(namespace)) ?? Number.MAX_SAFE_INTEGER;
  return { notBefore, validMs };
}
