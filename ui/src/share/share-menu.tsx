import type { FullEvent } from '../api/questions.ts';
import { BASE } from '../api/tidings.ts';
import { Icon } from '../shell/icon.tsx';
import { Popover, useClosePopover } from '../shell/popover.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { kubectlCommand, tidingsCommand } from './commands.ts';
import { useCopy } from './use-copy.ts';
import { useCopyLink } from './use-copy-link.ts';

/** What is shown, for somebody else; of a pinned event that event too. */
export function ShareMenu({ event }: { readonly event?: FullEvent | undefined }) {
  const { t } = useTexts();
  const state = usePageState();
  const copy = useCopy();
  const copyLink = useCopyLink();
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
      <MenuItem onChoose={copyLink}>{t('copyLink')}</MenuItem>
      <MenuItem onChoose={() => copy(tidingsCommand(state, BASE.href))}>{t('copyCli')}</MenuItem>
      {event && <MenuItem onChoose={() => copy(kubectlCommand(event))}>{t('copyKubectl')}</MenuItem>}
      {event && <MenuItem onChoose={() => copy(JSON.stringify(event.raw, undefined, 2))}>{t('copyJson')}</MenuItem>}
    </Popover>
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
