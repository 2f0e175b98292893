/**
 * What kubectl prints of an event.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/printers/internalversion/printers.go (printEvent)
 */
import { componentOf, type Event } from './event.ts';

/** `pod/web-0`: what it is about. */
export function printedObject({ involvedObject: { kind = '', name } }: Event): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
}

/** `kubelet, node-1`: who reported it, and where that one runs. */
export function printedReporter(event: Event): string {
  const instance = event.source?.host || event.reportingInstance || '';
  return instance ? `${componentOf(event)}, ${instance}` : componentOf(event);
}

export function printedMessage({ message = '' }: Event): string {
  return message.trim();
}

/** How often it has happened, as far as it says so itself. */
export function printedCount({ series, count }: Event): number {
  return series ? (series.count ?? 0) : count || 1;
}
