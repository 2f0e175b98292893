/**
 * Field selectors of events: `=`, `==` and `!=`, joined by commas.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/v1/conversion.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/events/v1/conversion.go
 */

import { isObject } from '../util/is-object.ts';
import { badRequest, StatusError } from './api-status.ts';
import type { StoredEvent } from './event-store.ts';

// Labels that are fields of core/v1, by their names in both groups.
const CORE_LABELS = new Map(
  [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
    'metadata.name',
    'metadata.namespace',
  ].map((label) => [label, label]),
);

// The other group has no `source`.
const EVENTS_LABELS = new Map(
  [...CORE_LABELS.values()]
    .filter((label) => label !== 'source')
    .map((label) => [label.replace('involvedObject', 'regarding').replace('Component', 'Controller'), label]),
);

interface Term {
  readonly label: string;
  readonly equal: boolean;
  readonly value: string;
}

/** What a selector selects, or undefined for all. Throws {@link StatusError} as the API server answers. */
export function parseFieldSelector(
  selector: string | null,
  group: '' | 'events.k8s.io',
): ((event: StoredEvent) => boolean) | undefined {
  if (!selector) return undefined;
  const labels = group === '' ? CORE_LABELS : EVENTS_LABELS;
  const terms = selector.split(',').map((term) => parseTerm(term, selector, labels));
  return ({ json }) => {
    const event: unknown = JSON.parse(json);
    return terms.every(({ label, equal, value }) => (fieldOf(event, label) === value) === equal);
  };
}

function parseTerm(term: string, selector: string, labels: ReadonlyMap<string, string>): Term {
  const match = /^([^!=]+)(==|!=|=)(.*)$/.exec(term);
  if (!match) {
    throw new StatusError(badRequest(`invalid selector: '${selector}'; can't understand '${term}'`));
  }
  const [, name = '', operator, value = ''] = match;
  const label = labels.get(name);
  if (label === undefined) throw new StatusError(badRequest(`field label not supported: ${name}`));
  return { label, equal: operator !== '!=', value };
}

function fieldOf(event: unknown, label: string): string {
  // `source` is the component. https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/registry/core/event/strategy.go
  const path = label === 'source' ? ['source', 'component'] : label.split('.');
  let value = event;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  if (label === 'source' && !value) return fieldOf(event, 'reportingComponent');
  return typeof value === 'string' ? value : '';
}
