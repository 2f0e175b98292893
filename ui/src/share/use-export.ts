import { useCallback } from 'react';
import { problemWords } from '../api/problem-words.ts';
import { tidings } from '../api/tidings.ts';
import { toast } from '../shell/toast.tsx';
import { useTexts } from '../text/language.ts';
import { type ExportFormat, exportFile } from './export-file.ts';
import { parametersOf, type SharedQuestion } from './question.ts';
import { saveFile } from './save-file.ts';
import { useShared } from './use-shared.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = { jsonl: 'application/x-ndjson', csv: 'text/csv' };

/** Saves all that is shown, and says how much that was. */
export function useExport(): (format: ExportFormat) => void {
  const texts = useTexts();
  const shared = useShared();
  return useCallback(
    (format) => {
      const { question } = shared();
      const { tz: _tz, ...parameters } = parametersOf(question);
      const asked = { ...parameters, order: 'newest-first' as const, revisions: question.rows === 'raw' };
      const { t } = texts;
      exportFile(tidings, { parameters: asked, format }, (n) => toast(t('exporting', { n }))).then(
        ({ parts, events, hasMore }) => {
          saveFile(parts, { name: nameOf(question, format), type: TYPES[format] });
          toast(t(hasMore ? 'exportedSome' : 'exported', { n: events }));
        },
        (error: Error) => toast(t('failed', { problem: problemWords(error, texts) })),
      );
    },
    [texts, shared],
  );
}

/** No colons: some file systems take none. */
function nameOf({ from, to }: SharedQuestion, format: ExportFormat): string {
  const short = (time: string) => time.replaceAll(/[-:]|\.\d+/g, '');
  return `tidings-${short(from)}-${short(to)}.${format}`;
}
