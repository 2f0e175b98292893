import type { Event } from '../core/event.ts';

/** The event as the API server serves it in core/v1, as JSON. */
export function kubernetesJson(body: Event): string {
  // An event always has fields, and a copy that has two more costs more than the text.
  return `{"kind":"Event","apiVersion":"v1",${JSON.stringify(body).slice(1)}`;
}
