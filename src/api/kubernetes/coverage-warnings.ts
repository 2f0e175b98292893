/**
 * What of a range nobody observed, as warnings beside an answer: "no events" is never said silently over a gap. kubectl
 * prints them, client-go logs them. They are headers alone: a field that ListMeta does not know breaks clients that
 * check what they read. https://github.com/kubernetes-client/java/issues/3428
 */
import type { KnownCoverage } from '../../component/event-versions.ts';
import { BREAK_CAUSES } from '../../core/break-causes.ts';
import { type Missing, missing, type View, views } from '../../core/missing-coverage.ts';
import { ALL_NAMESPACES, NODES_IN_DEFAULT } from '../../core/record.ts';

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
  /** Whether it is not watched here, but read from a topic. */
  readonly isFromTopic?: boolean;
}

/** The newest gap first, and the same words for as long as nothing changes: clients print what is repeated once. */
export function coverageWarnings({ scopes, expiredBefore }: KnownCoverage, asked: AskedRange): string[] {
  const { cluster, namespace, since } = asked;
  if (asked.isFromTopic) return ['events come from a topic: when nobody watched is known where they were collected'];
  const ofCluster = scopes.filter((scope) => scope.cluster === cluster);
  const seen = views(ofCluster, namespace === undefined ? {} : { namespaces: [namespace] });
  const watched = seen.filter(({ observed }) => observed.length > 0);
  if (watched.length === 0) return [ofNothing(namespace, ofCluster)];
  const isWhole = seen.some(({ scope }) => scope === ALL_NAMESPACES);
  const warnings = namespace === undefined && !isWhole ? [`only this is watched: ${namesOf(watched)}`] : [];
  warnings.push(...gapWarnings(watched, asked));
  if (since !== undefined && expiredBefore > since)
    warnings.push(`what was last seen before ${instant(expiredBefore)} has been deleted here to save space`);
  return warnings;
}

function ofNothing(namespace: string | undefined, scopes: KnownCoverage['scopes']): string {
  const hasNodes = namespace === 'default' && scopes.some(({ scope }) => scope === NODES_IN_DEFAULT);
  const except = hasNodes ? 'but for events about nodes, ' : '';
  const place = namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
  return `${except}${place} is not watched: nothing is known of it`;
}

function gapWarnings(watched: readonly View[], { since, now }: Pick<AskedRange, 'since' | 'now'>): string[] {
  const found = missing(watched, { ...(since !== undefined && { since }), now }).toReversed();
  const { gaps = [], beginnings = [] } = Object.groupBy(found, (one) =>
    isBeginning(one, watched) ? 'beginnings' : 'gaps',
  );
  const where = ({ scope }: Missing): string => (watched.length > 1 ? ` in ${nameOf(scope)}` : '');
  const more = gaps.length - MAX_GAPS;
  return [
    ...gaps.slice(0, MAX_GAPS).map((gap) => ofGap(gap, where(gap), now)),
    ...(more > 0 ? [`${more} more gaps: tidings coverage names them`] : []),
    ...beginnings.slice(0, MAX_GAPS).map((beginning) => ofBeginning(beginning, where(beginning))),
  ];
}

function isBeginning({ cluster, scope, to, break: known }: Missing, seen: readonly View[]): boolean {
  const view = seen.find((one) => one.cluster === cluster && one.scope === scope);
  return !known && to === view?.observed[0]?.from;
}

function ofBeginning({ to }: Missing, where: string): string {
  return `history${where} begins at ${instant(to)}: of what happened before, only what the API server still had is here`;
}

function ofGap(one: Missing, where: string, now: number): string {
  const { from, to, break: known } = one;
  const why = known ? BREAK_CAUSES[known.cause] : 'nobody watched';
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
