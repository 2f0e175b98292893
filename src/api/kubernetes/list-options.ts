/**
 * What a request's query asks for.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/apis/meta/internalversion/validation/validation.go
 */
import type { Group } from '../event-group.ts';
import { failure, StatusError } from '../status-error.ts';
import { type FieldSelector, parseFieldSelector } from './field-selector.ts';
import { type LabelSelector, parseLabelSelector } from './label-selector.ts';
import { badRequest, type InvalidField, invalidListOptions } from './status.ts';

export interface ListOptions {
  readonly fields: FieldSelector;
  readonly labels: LabelSelector;
  /** Equal for requests that select the same by the same words. */
  readonly selectors: string;
  readonly watch: boolean;
  /** Undefined when unset; 0 means any. */
  readonly resourceVersion: number | undefined;
  readonly resourceVersionMatch: '' | 'Exact' | 'NotOlderThan';
  /** Undefined when unset, or not above 0. */
  readonly limit: number | undefined;
  readonly continue: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
}

const EXACT = 'Exact';
const NOT_OLDER_THAN = 'NotOlderThan';

/** Throws {@link StatusError} as the API server answers. `watch` is true where the path says so. */
export function parseListOptions(query: URLSearchParams, group: Group, watchPath: boolean): ListOptions {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', group);
  const timeoutSeconds = positive(query.get('timeoutSeconds'));
  const limit = positive(query.get('limit'));
  const watch = watchPath || asksToWatch(query);
  const match = query.get('resourceVersionMatch') ?? '';
  const sendInitialEvents = query.get('sendInitialEvents');
  const problems = watch ? watchProblems(query, match) : listProblems(query, match);
  if (problems.length > 0) throw invalidListOptions(problems);
  return {
    fields,
    labels,
    selectors: JSON.stringify([query.get('fieldSelector'), query.get('labelSelector')]),
    watch,
    resourceVersion: parseResourceVersion(query.get('resourceVersion'), watch),
    resourceVersionMatch: match === EXACT || match === NOT_OLDER_THAN ? match : '',
    limit,
    continue: query.get('continue') || undefined,
    timeoutSeconds,
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: sendInitialEvents === null ? undefined : isTrue(sendInitialEvents),
  };
}

/** Whether it is a watch that is asked for, however wrong the rest may be. */
export function asksToWatch(query: URLSearchParams): boolean {
  return isTrue(query.get('watch'));
}

function listProblems(query: URLSearchParams, match: string): InvalidField[] {
  const problems: InvalidField[] = [];
  if (match !== '') {
    if (!query.get('resourceVersion')) {
      problems.push(
        forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
      );
    }
    if (query.get('continue')) problems.push(MATCH_AND_CONTINUE);
    if (match !== EXACT && match !== NOT_OLDER_THAN) problems.push(unsupported(match, [EXACT, NOT_OLDER_THAN, '']));
    if (match === EXACT && query.get('resourceVersion') === '0') {
      const text = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"';
      problems.push(forbidden('resourceVersionMatch', text));
    }
  }
  if (query.has('sendInitialEvents')) {
    problems.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return problems;
}

function watchProblems(query: URLSearchParams, match: string): InvalidField[] {
  const problems: InvalidField[] = [];
  const sendsInitialEvents = query.has('sendInitialEvents');
  if (sendsInitialEvents && match !== NOT_OLDER_THAN) {
    const text = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    problems.push(forbidden('resourceVersionMatch', text));
  }
  if (match !== '') {
    if (!sendsInitialEvents) {
      const text = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
      problems.push(forbidden('resourceVersionMatch', text));
    }
    if (match !== NOT_OLDER_THAN) problems.push(unsupported(match, [NOT_OLDER_THAN]));
  }
  if (query.get('continue')) problems.push(MATCH_AND_CONTINUE);
  return problems;
}

function forbidden(field: string, text: string): InvalidField {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${text}` };
}

function unsupported(value: string, supported: readonly string[]): InvalidField {
  const values = supported.map((text) => JSON.stringify(text)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${values}`;
  return { field: 'resourceVersionMatch', reason: 'FieldValueNotSupported', message };
}

const MATCH_AND_CONTINUE = forbidden(
  'resourceVersionMatch',
  'resourceVersionMatch is forbidden when continue is provided',
);

/** As Go's conversion of query parameters: anything but these is true. */
function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

function positive(value: string | null): number | undefined {
  if (value === null) return undefined;
  const problem = /^[+-]?\d+$/.test(value) ? 'value out of range' : 'invalid syntax';
  const number = Number(value);
  if (problem === 'invalid syntax' || Math.abs(number) >= 2 ** 63) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: ${problem}`);
  }
  return number > 0 ? number : undefined;
}

/** `isWatch`: the API server finds it out only when it has begun to answer, and calls it an error of its own. */
export function parseResourceVersion(value: string | null, isWatch = false): number | undefined {
  if (!value) return undefined;
  const number = Number(value);
  if (/^\d+$/.test(value) && number < 2 ** 64) return number;
  const problem = /^\d+$/.test(value) ? 'value out of range' : 'invalid syntax';
  const text = `resourceVersion: Invalid value: ${JSON.stringify(value)}: strconv.ParseUint: parsing ${JSON.stringify(value)}: ${problem}`;
  if (isWatch) throw new StatusError(failure(500, text));
  throw badRequest(`invalid resource version: ${text}`);
}
