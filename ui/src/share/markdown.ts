/**
 * What is shown, as Markdown for a post-mortem. What was written by others stands between backticks: no markup, no link,
 * no mention comes of it. https://github.github.com/gfm/#code-spans
 */
import { occurrencesWords, timesWords } from '../answer/count-words.ts';
import { stoppedWords } from '../answer/stopped-words.ts';
import type { EventRow, FullEvent } from '../api/questions.ts';
import { type Gap, type ListedGap, mergedGaps, missedMs } from '../chart/gaps.ts';
import { writtenOut } from '../message/visible-text.ts';
import type { Texts } from '../text/texts.ts';
import type { Clock } from '../time/clock.ts';

/** An answer that counts. */
interface Covered {
  readonly range: { readonly from: string; readonly to: string };
  readonly coverage: { readonly share: number; readonly gaps: readonly ListedGap[] };
  readonly lowerBound: boolean;
  readonly leftOut?: { readonly before?: string };
}

export interface Report {
  /** What it is about, as it is written in Kubernetes: `Pod shop/web-0`; empty for whatever the query finds. */
  readonly about: string;
  readonly q: string;
  readonly answer: Covered;
  /** Of what the answer counts. */
  readonly total: number;
  /** The most frequent first; null stands for all others. */
  readonly reasons: readonly { readonly reason: string | null; readonly occurrences: number }[];
  /** Newest first. */
  readonly rows: readonly EventRow[];
  /** Whether there are others. */
  readonly hasMore: boolean;
  readonly link: string;
  readonly command: string;
}

const MOST_GAPS = 10;

export function reportMarkdown(report: Report, texts: Texts, clock: Clock): string {
  const { t } = texts;
  const { about, q, answer, total, reasons, rows, hasMore, link, command } = report;
  const { range, lowerBound, leftOut } = answer;
  const { from, to } = range;
  const at = (time: string) => clock.stamp(Date.parse(time));
  return document([
    `## ${about === '' ? t('events') : codeSpan(about)}`,
    list([
      `${codeSpan(from)} – ${codeSpan(to)} (${clock.zone})`,
      ...(q === '' ? [] : [codeSpan(q)]),
      occurrencesWords(total, lowerBound, texts),
      ...(leftOut?.before === undefined ? [] : [stoppedWords({ before: leftOut.before }, texts, clock)]),
      ...coverageLines(answer, texts, clock),
      `<${link}>`,
    ]),
    reasons.length === 0 ? '' : `### ${t('occurrencesByReason')}`,
    list(
      reasons.map(
        ({ reason, occurrences }) =>
          `${timesWords(occurrences, lowerBound, texts)} ${reason === null ? t('other') : codeSpan(reason)}`,
      ),
    ),
    rows.length === 0 ? '' : `### ${t('story')}`,
    list([...rows.map((row) => `${at(row.last)} ${eventWords(row, texts)}`), ...(hasMore ? [t('moreInTidings')] : [])]),
    fenced(command, 'sh'),
  ]);
}

/** One event in full. */
export function eventMarkdown(
  event: FullEvent,
  { link, command }: { readonly link: string; readonly command: string },
  { t, number }: Texts,
  clock: Clock,
): string {
  const { object, reason, severity, count, first, last, node, source, cluster, message } = event;
  const at = (time: string) => `${clock.stamp(Date.parse(time))} (${codeSpan(time)})`;
  return document([
    `## ${codeSpan(reason)} – ${codeSpan(nameOf(object))}`,
    fenced(message, ''),
    list([
      `${t('severity')}: ${t(severity)}`,
      `${t('lastSeen')}: ${at(last)}`,
      `${t('firstSeen')}: ${at(first)}`,
      `${t('count')}: ×${number(count)}`,
      ...(node === '' ? [] : [`${t('node')}: ${codeSpan(node)}`]),
      `${t('source')}: ${codeSpan(source)}`,
      `${t('cluster')}: ${codeSpan(cluster)}`,
      `<${link}>`,
    ]),
    fenced(command, 'sh'),
  ]);
}

export function nameOf({ kind, namespace, name }: Pick<EventRow['object'], 'kind' | 'namespace' | 'name'>): string {
  return [kind, namespace === '' ? name : `${namespace}/${name}`].filter((part) => part !== '').join(' ');
}

function eventWords({ reason, count, object, message }: EventRow, { number }: Texts): string {
  const times = count > 1 ? ` ×${number(count)}` : '';
  return `${codeSpan(reason)}${times} ${codeSpan(nameOf(object))}: ${codeSpan(message)}`;
}

function coverageLines({ coverage, range }: Covered, texts: Texts, clock: Clock): readonly string[] {
  const { t, percent, duration, list: listed } = texts;
  const whole = { from: Date.parse(range.from), to: Date.parse(range.to) };
  const gaps = mergedGaps(coverage.gaps, whole);
  const share = t('watchedShare', { share: percent(coverage.share) });
  if (gaps.length === 0) return [share];
  const gapLine = (gap: Gap) =>
    `  - ${clock.span(gap.from, gap.to)}${gap.causes.length === 0 ? '' : `: ${codeSpan(listed(gap.causes))}`}`;
  const missed = t('gaps', { n: gaps.length, duration: duration(missedMs(gaps, whole)) });
  const more = gaps.length - MOST_GAPS;
  return [
    [
      `${share} · ${missed}`,
      ...gaps.slice(0, MOST_GAPS).map(gapLine),
      ...(more > 0 ? [`  - ${t('more', { n: more })}`] : []),
    ].join('\n'),
  ];
}

/** On one line, whatever is in it; a fence is longer than what it holds. */
export function codeSpan(text: string): string {
  const line = writtenOut(text).replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '` `';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

export function fenced(text: string, language: string): string {
  const shown = writtenOut(text);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${language}\n${shown}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function document(blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
