/** What came from outside as a normalised event, or why it is none. */
import { AppError } from './errors.ts';
import type { Event } from './event.ts';
import { isResourceVersion } from './resource-version.ts';

/** Far beyond what an event has, and far below what the recursion of JSON.stringify and its like can take. */
const MAX_DEPTH = 100;

/** The fields that are read from an event; null stands for the zero value, as it does for the API server. */
interface Shape {
  readonly [field: string]: 'string' | 'number' | Shape;
}
const REFERENCE: Shape = {
  kind: 'string',
  namespace: 'string',
  name: 'string',
  uid: 'string',
  apiVersion: 'string',
  resourceVersion: 'string',
  fieldPath: 'string',
};
// https://github.com/kubernetes/api/blob/v0.35.4/core/v1/types.go (Event)
const EVENT: Shape = {
  metadata: { namespace: 'string', creationTimestamp: 'string' },
  involvedObject: REFERENCE,
  reason: 'string',
  message: 'string',
  source: { component: 'string', host: 'string' },
  firstTimestamp: 'string',
  lastTimestamp: 'string',
  count: 'number',
  type: 'string',
  eventTime: 'string',
  series: { count: 'number', lastObservedTime: 'string' },
  action: 'string',
  related: REFERENCE,
  reportingComponent: 'string',
  reportingInstance: 'string',
};

/**
 * The event that a parsed JSON value is, the same object where it need not be changed. Throws EVENT_INVALID: `what` names
 * what was read, `path` where in it the event lies (`event.`).
 */
export function checkedEvent(value: unknown, what: string, path = ''): Event {
  if (!isObject(value)) throw invalidEvent(what, path.replace(/\.$/, '') || 'object', value, 'an event');
  const { metadata, involvedObject } = value;
  if (!isObject(metadata)) throw invalidEvent(what, `${path}metadata`, metadata, 'an object');
  const { name, uid, resourceVersion } = metadata;
  if (typeof name !== 'string' || name === '') throw invalidEvent(what, `${path}metadata.name`, name, 'a name');
  if (typeof uid !== 'string' || uid === '') throw invalidEvent(what, `${path}metadata.uid`, uid, 'a UID');
  if (!isResourceVersion(resourceVersion)) {
    throw invalidEvent(what, `${path}metadata.resourceVersion`, resourceVersion, 'a decimal number');
  }
  requireShape(value, EVENT, what, path);
  if (isDeeperThan(MAX_DEPTH, value)) {
    throw new AppError(
      'EVENT_INVALID',
      `read a ${what}: found ${name} nested deeply, want at most ${MAX_DEPTH} levels`,
    );
  }
  const complete =
    isObject(involvedObject) && !('managedFields' in metadata) && !('kind' in value) && !('apiVersion' in value);
  // What was checked above is what makes an event.
  return (complete ? value : normalise(value, metadata)) as Event;
}

export function invalidEvent(what: string, field: string, found: unknown, wanted: string): AppError {
  const value = JSON.stringify(found)?.slice(0, 80) ?? 'nothing';
  return new AppError('EVENT_INVALID', `read a ${what}: found ${field} ${value}, want ${wanted}`);
}

/** What client-go could not decode is no event, and every reader may rely on the types of the fields it knows. */
function requireShape(value: Record<string, unknown>, shape: Shape, what: string, path: string): void {
  for (const field in shape) {
    const found = value[field];
    const wanted = shape[field];
    if (found === undefined || found === null || wanted === undefined) continue;
    if (typeof wanted === 'string') {
      if (typeof found !== wanted) throw invalidEvent(what, path + field, found, `a ${wanted}`);
    } else if (isObject(found)) requireShape(found, wanted, what, `${path}${field}.`);
    else throw invalidEvent(what, path + field, found, 'an object');
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const field in value) if (isDeeperThan(levels - 1, (value as Record<string, unknown>)[field])) return true;
  return false;
}

function normalise(value: Record<string, unknown>, metadata: Record<string, unknown>): Record<string, unknown> {
  const { kind: _kind, apiVersion: _apiVersion, ...event } = value;
  const { managedFields: _managedFields, ...ownMetadata } = metadata;
  return { ...event, metadata: ownMetadata, involvedObject: event['involvedObject'] ?? {} };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
