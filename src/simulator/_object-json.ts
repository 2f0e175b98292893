/** A stored event as either group serves it. */
import type { Event } from '../core/event.ts';
import { toEventsV1 } from '../core/event-conversion.ts';
import type { Group } from './event-request.ts';

export function objectJson(json: string, group: Group): string {
  if (group === '') return json;
  const {
    kind: _kind,
    apiVersion: _apiVersion,
    ...event
  } = JSON.parse(json) as Event & { kind: string; apiVersion: string };
  return JSON.stringify(toEventsV1(event));
}
