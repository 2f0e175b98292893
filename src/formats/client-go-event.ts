/**
 * The event as programs write it that read events with client-go: the struct of core/v1 as `encoding/json` marshals it,
 * without `kind` and `apiVersion`, which the typed client clears. Fields stand in the order of the struct; those that
 * are empty are left out, but for times that are not set, which are null, and for who reported it, which may be "".
 * https://github.com/kubernetes/api/blob/v0.35.4/core/v1/types.go (Event)
 */
import type { Message } from '../component/message.ts';
import type { Event } from '../core/event.ts';
import { marshal } from '../lang/go-template/go-json.ts';
import { decode } from '../lang/go-template/json-struct.ts';
import { EVENT } from '../lang/go-template/kubernetes-types.ts';
import { UTC } from '../lang/go-template/time-zone.ts';

export function clientGoEventJson(event: Event): string {
  return marshal(decode(EVENT, event, UTC));
}

/**
 * What eventrouter makes of an event: whether it is new to it, the event, and the event as it was before.
 * https://github.com/vmware-archive/eventrouter/blob/v0.3/sinks/eventdata.go
 */
export function eventrouterJson({ record, previous }: Message): string {
  const event = `"event":${clientGoEventJson(record.body)}`;
  if (!previous) return `{"verb":"ADDED",${event}}`;
  return `{"verb":"UPDATED",${event},"old_event":${clientGoEventJson(previous.body)}}`;
}
