/**
 * Field selectors of events. Every field an event can be selected by, under its names in both groups:
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/v1/conversion.go
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/events/v1/conversion.go
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/fields/selector.go
 */
import type { Event } from '../../core/event.ts';
import type { Group } from '../event-group.ts';
import { badRequest } from './status.ts';

type Read = (event: Event) => string | undefined;

const FIELDS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['involvedObject.kind', ({ involvedObject }) => involvedObject.kind],
  ['involvedObject.namespace', ({ involvedObject }) => involvedObject.namespace],
  ['involvedObject.name', ({ involvedObject }) => involvedObject.name],
  ['involvedObject.uid', ({ involvedObject }) => involvedObject.uid],
  ['involvedObject.apiVersion', ({ involvedObject }) => involvedObject.apiVersion],
  ['involvedObject.resourceVersion', ({ involvedObject }) => involvedObject.resourceVersion],
  ['involvedObject.fieldPath', ({ involvedObject }) => involvedObject.fieldPath],
  ['reason', ({ reason }) => reason],
  ['reportingComponent', ({ reportingComponent }) => reportingComponent],
  // https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/registry/core/event/strategy.go
  ['source', ({ source, reportingComponent }) => source?.component || reportingComponent],
  ['type', ({ type }) => type],
  ['metadata.name', ({ metadata }) => metadata.name],
  ['metadata.namespace', ({ metadata }) => metadata.namespace],
]);

const EVENTS_NAMES: ReadonlyMap<string, string> = new Map(
  [...FIELDS.keys()]
    .filter((field) => field !== 'source')
    .map((field) => [
      field.replace('involvedObject', 'regarding').replace('reportingComponent', 'reportingController'),
      field,
    ]),
);

export interface FieldTerm {
  /** By its name in core/v1. */
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

export interface FieldSelector {
  readonly terms: readonly FieldTerm[];
  matches(event: Event): boolean;
}

/** Throws {@link StatusError} as the API server answers. */
export function parseFieldSelector(text: string, group: Group): FieldSelector {
  // All of the syntax is checked before any name.
  const parsed = splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, text));
  const terms = parsed.map((term) => ({ ...term, field: coreName(term.field, group) }));
  return {
    terms,
    matches: (event) =>
      terms.every(({ field, equal, value }) => ((FIELDS.get(field)?.(event) ?? '') === value) === equal),
  };
}

function coreName(name: string, group: Group): string {
  const field = group === 'events.k8s.io' ? EVENTS_NAMES.get(name) : name;
  if (field === undefined || !FIELDS.has(field)) throw badRequest(`field label not supported: ${name}`);
  return field;
}

/** At commas that no backslash stands before. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === ',') {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function parseTerm(term: string, selector: string): FieldTerm {
  for (let index = 0; index < term.length; index++) {
    const operator = ['!=', '==', '='].find((candidate) => term.startsWith(candidate, index));
    if (operator === undefined) continue;
    const value = unescaped(term.slice(index + operator.length));
    return { field: term.slice(0, index), equal: operator !== '!=', value };
  }
  throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
}

function unescaped(text: string): string {
  let value = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '\\') {
      const escaped = text[++index] ?? '';
      if (!['\\', ',', '='].includes(escaped)) {
        throw badRequest(`invalid field selector: invalid escape sequence: \\${escaped}`);
      }
      value += escaped;
    } else if (character === ',' || character === '=') {
      // The API server prints the character's code.
      throw badRequest(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`);
    } else value += character;
  }
  return value;
}
