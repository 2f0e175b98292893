/** What is said of what is under the pointer. All of it is also in the drawer and in the table. */

import { SEVERITIES } from '../../../src/core/severity.ts';
import { countWords, timesWords } from '../answer/count-words.ts';
import type { TooltipContent } from '../chart/tooltip.ts';
import { writtenOut } from '../message/visible-text.ts';
import type { Texts } from '../text/texts.ts';
import type { Clock } from '../time/clock.ts';
import { isLowerBound, stretchOf, type TimelineRows } from './timeline-rows.ts';

const MOST_LINES = 5;

/** `rows` are of one lane, the severest first. */
export function rowsWords(data: TimelineRows, rows: readonly number[], texts: Texts, clock: Clock): TooltipContent {
  const { t } = texts;
  const lane = data.lanes[data.lane[rows[0] ?? 0] ?? 0];
  const { from, to } = stretchOf(data, rows);
  const isLower = isLowerBound(data, rows);
  const sums = new Map<string, { severity: number; count: number }>();
  for (const row of rows) {
    const severity = data.severity[row] ?? 0;
    const name = data.reason(row) || t(SEVERITIES[severity] ?? 'normal');
    const sum = sums.get(name) ?? { severity, count: 0 };
    sums.set(name, { ...sum, count: sum.count + (data.count[row] ?? 0) });
  }
  const lines = [...sums]
    .toSorted(([, one], [, other]) => one.severity - other.severity || other.count - one.count)
    .map(([label, { severity, count }]) => ({
      label,
      value: timesWords(count, isLower, texts),
      severity: SEVERITIES[severity] ?? 'normal',
    }));
  const more = lines.length - MOST_LINES;
  return {
    title: lane === undefined || lane.name === '' ? t('none') : writtenOut(lane.name),
    subtitle: from === to ? `${clock.date(from)} ${clock.millis(from)}` : `${clock.stamp(from)} – ${clock.time(to)}`,
    lines: lines.slice(0, MOST_LINES),
    ...(more > 0 && { note: t('more', { n: more }) }),
  };
}

/** Of the whole picture, for who cannot see it. */
export function pictureWords(
  {
    data,
    lanes,
    gaps,
    range,
  }: { data: TimelineRows; lanes: number; gaps: number; range: { from: number; to: number } },
  texts: Texts,
  clock: Clock,
): string {
  const count = data.count.reduce((sum, each) => sum + each, 0);
  return texts.t('timelinePicture', {
    n: data.isLowerOver(range) ? countWords(count, true, texts) : count,
    lanes,
    gaps,
    span: clock.span(range.from, range.to),
  });
}
