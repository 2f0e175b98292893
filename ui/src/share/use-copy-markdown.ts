import { useCallback } from 'react';
import type { FullEvent } from '../api/questions.ts';
import { BASE } from '../api/tidings.ts';
import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { tidingsCommand } from './commands.ts';
import { eventMarkdown, nameOf, reportMarkdown } from './markdown.ts';
import { useCopy } from './use-copy.ts';
import { reportData, type Shared, useShared } from './use-shared.ts';

/** Copies what is shown, or an event, for a post-mortem. */
export function useCopyMarkdown(event: FullEvent | undefined): () => void {
  const texts = useTexts();
  const clock = useClock();
  const shared = useShared();
  const copy = useCopy();
  return useCallback(() => {
    const { question, link } = shared();
    const command = tidingsCommand(question, BASE.href);
    const report = async () => reportMarkdown({ ...(await reportOf({ question, link })), command }, texts, clock);
    const text = event ? eventMarkdown(event, { link, command }, texts, clock) : report();
    copy(text, texts.t(question.wasRelative ? 'copiedFixed' : 'copied'));
  }, [event, texts, clock, shared, copy]);
}

async function reportOf({ question, link }: Shared) {
  const { rows, counted, reasons } = await reportData(question);
  const hasMore = rows.data.next !== undefined || rows.leftOut?.before !== undefined;
  const { place, q } = question;
  const about = place === undefined ? '' : nameOf(place);
  return { about, q, answer: counted, total: counted.data.total, reasons, rows: rows.data.rows, hasMore, link };
}
