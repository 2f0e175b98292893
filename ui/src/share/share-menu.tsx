import type { FullEvent } from '../api/questions.ts';
import { BASE } from '../api/tidings.ts';
import { Icon } from '../shell/icon.tsx';
import { useKeys } from '../shell/keys.ts';
import { Popover, useClosePopover } from '../shell/popover.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { tidingsCommand } from './commands.ts';
import { readableJson } from './json.ts';
import { kubectlCommand, kubectlListCommand } from './kubectl-command.ts';
import { useCopy } from './use-copy.ts';
import { useCopyLink } from './use-copy-link.ts';
import { useCopyMarkdown } from './use-copy-markdown.ts';
import { useExport } from './use-export.ts';
import { shownAnswer, useShared } from './use-shared.ts';

/** What is shown, for somebody else; of a pinned event that event. */
export function ShareMenu({ event }: { readonly event?: FullEvent | undefined }) {
  const { t } = useTexts();
  useMarkdownKey(event);
  return (
    <Popover
      className="share"
      label={t('share')}
      button={
        <>
          <Icon name="share" />
          {t('share')}
        </>
      }
    >
      <Choices event={event} />
    </Popover>
  );
}

/** The key that copies, of a pinned event where there is one. */
function useMarkdownKey(event: FullEvent | undefined): void {
  const { sel } = usePageState();
  const copyMarkdown = useCopyMarkdown(event);
  const isInCharge = event !== undefined || sel === '';
  useKeys(isInCharge ? { m: copyMarkdown } : {});
}

function Choices({ event }: { readonly event: FullEvent | undefined }) {
  const { t } = useTexts();
  const copy = useCopy();
  const copyLink = useCopyLink();
  const copyMarkdown = useCopyMarkdown(event);
  const save = useExport();
  const shared = useShared();
  const { question } = shared();
  const kubectl = event ? kubectlCommand(event) : kubectlListCommand(question);
  const said = t(question.wasRelative ? 'copiedFixed' : 'copied');
  const copyJson = () => {
    if (event) copy(readableJson(event.raw, 2));
    else
      copy(
        shownAnswer(shared().question).then((answer) => readableJson(answer, 2)),
        said,
      );
  };
  return (
    <>
      {question.wasRelative && <p className="share-note">{t('shareFixed')}</p>}
      <MenuItem onChoose={copyLink}>{t('copyLink')}</MenuItem>
      <MenuItem onChoose={copyMarkdown}>{t('copyMarkdown')}</MenuItem>
      <MenuItem onChoose={() => copy(tidingsCommand(shared().question, BASE.href), said)}>{t('copyCli')}</MenuItem>
      {kubectl !== undefined && (
        <MenuItem onChoose={() => copy(kubectl, t(event ? 'copied' : 'copiedKubectl'))}>{t('copyKubectl')}</MenuItem>
      )}
      <MenuItem onChoose={copyJson}>{t('copyJson')}</MenuItem>
      {!event && <MenuItem onChoose={() => save('jsonl')}>{t('saveJsonl')}</MenuItem>}
      {!event && <MenuItem onChoose={() => save('csv')}>{t('saveCsv')}</MenuItem>}
    </>
  );
}

function MenuItem({ onChoose, children }: { readonly onChoose: () => void; readonly children: string }) {
  const close = useClosePopover();
  return (
    <button
      type="button"
      className="menu-item"
      onClick={() => {
        onChoose();
        close();
      }}
    >
      {children}
    </button>
  );
}
