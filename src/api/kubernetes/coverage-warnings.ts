/**
 * What of a range nobody observed, as warnings beside an answer: "no events" is never said silently over a gap. kubectl
 * prints them, client-go logs them. They are headers alone: a field that ListMeta does not know breaks clients that
 * check what they read. https://github.com/kubernetes-client/java/issues/3428
 */
import type { KnownCoverage } from '../../component/event-versions.ts';
import type { BreakCause } from '../../core/coverage.ts';
import { type Missing, missing, type View, views } from '../../core/missing-coverage.ts';
import { ALL_NAMESPACES, NODES_IN_DEFAULT } from '../../core/record.ts';

const CAUSES: Readonly<Record<BreakCause, string>> = {
  stopped: 'Tidings was not running',
  unreachable: 'the API server could not be reached',
  refused: 'the API server refused access',
  expired: 'the API server had dropped the position',
  rewound: 'the cluster was restored or rebuilt',
  oversized: 'an event above the size limit was skipped',
  invalid: 'something that is not an event was skipped',
};

/** The API server itself keeps warnings to 256 characters, and all of them to 4096: see warning.go of its filters. */
const MAX_CHARACTERS = 256;
const MAX_GAPS = 5;
const MAX_NAMES = 3;

export interface AskedRange {
  readonly cluster: string;
  readonly namespace: string | undefined;
  /** Undefined: as far back as there is anything. */
  readonly since: number | undefined;
  readonly now: number;
}

/** The newest gap first, and the same words for as long as nothing changes: clients print what is repeated once. */
export function coverageWarnings({ scopes, expiredBefore }: KnownCoverage, asked: AskedRange): string[] {
  const { cluster, namespace, since, now } = asked;
  const ofCluster = scopes.filter((scope) => scope.cluster === cluster);
  const seen = views(ofCluster, namespace === undefined ? {} : { namespaces: [namespace] });
  const watched = seen.filter(({ observed }) => observed.length > 0);
  const isWhole = seen.some(({ scope }) => scope === ALL_NAMESPACES);
  const warnings: string[] = [];
  if (namespace !== undefined && watched.length === 0) {
    const nodes = namespace === 'default' && ofCluster.some(({ scope }) => scope === NODES_IN_DEFAULT);
    return [
      `${nodes ? 'but for events about nodes, ' : ''}namespace ${namespace} is not watched: nothing is known of it`,
    ];
  }
  if (namespace === undefined && !isWhole) warnings.push(`only ${namesOf(watched)} are watched`);
  const gaps = missing(watched, { ...(since !== undefined && { since }), now }).toReversed();
  const where = (one: Missing): string => (watched.length > 1 ? ` in ${nameOf(one.scope)}` : '');
  const begins = (one: Missing): boolean => isBeginning(one, watched);
  warnings.push(
    ...gaps
      .filter((one) => !begins(one))
      .slice(0, MAX_GAPS)
      .map((one) => ofGap(one, where(one), now)),
  );
  const more = gaps.filter((one) => !begins(one)).length - MAX_GAPS;
  if (more > 0) warnings.push(`${more} more gaps: tidings coverage names them`);
  const beginning = gaps.filter(begins).slice(0, MAX_GAPS);
  warnings.push(
    ...beginning.map(
      (one) =>
        `history${where(one)} begins at ${instant(one.to)}: of what happened before, only what the API server still had is here`,
    ),
  );
  if (since !== undefined && expiredBefore > since)
    warnings.push(`what was last seen before ${instant(expiredBefore)} has been deleted here to save space`);
  return warnings;
}

function isBeginning({ cluster, scope, to, break: known }: Missing, seen: readonly View[]): boolean {
  const view = seen.find((one) => one.cluster === cluster && one.scope === scope);
  return !known && to === view?.observed[0]?.from;
}

function ofGap(one: Missing, where: string, now: number): string {
  const { from, to, break: known } = one;
  const why = known ? CAUSES[known.cause] : 'nobody watched';
  if (known?.unknown === 'frame') return `at ${instant(from)}${where}: ${why}`;
  if (to >= now) return `nobody has watched${where} since ${instant(from)}: what happened since then is missing`;
  const healed = known?.healed ? ', but for what was still there at its end' : '';
  return `events${where} from ${instant(from)} to ${instant(to)} are missing${healed}: ${why}`;
}

function namesOf(seen: readonly View[]): string {
  const names = seen.slice(0, MAX_NAMES).map(({ scope }) => nameOf(scope));
  const more = seen.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(' and ');
}

function nameOf(scope: string): string {
  return scope === NODES_IN_DEFAULT ? 'events about nodes' : `namespace ${scope}`;
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Of the form `299 - "text"`. https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
export function warningHeaders(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const printable = text.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_CHARACTERS);
    return `299 - "${printable.replace(/["\\]/g, '\\$&')}"`;
  });
}
