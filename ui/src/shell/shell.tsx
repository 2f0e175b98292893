import { useIsFetching } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useRef } from 'react';
import { LiveProvider, useLive } from '../live/live.tsx';
import { Said } from '../live/said.tsx';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { PRESETS, preset, zoomedRange } from '../time/time-range.ts';
import { Bar } from './bar.tsx';
import { Gate } from './gate.tsx';
import { Header, toggleTheme, Views } from './header.tsx';
import { KeyHelp } from './key-help.tsx';
import { useKeys } from './keys.ts';
import { focusSearch } from './search-box.tsx';
import { Toast } from './toast.tsx';
import { useIsOperating, useViews } from './use-views.ts';
import './shell.css';

/** What stays while views come and go. */
export function Shell() {
  return (
    <LiveProvider>
      <Frame />
    </LiveProvider>
  );
}

function Frame() {
  const { t } = useTexts();
  const help = useRef<HTMLDialogElement>(null);
  const showHelp = () => help.current?.showModal();
  useShellKeys(showHelp);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t('skipToContent')}
      </a>
      <Header onHelp={showHelp} />
      <Bar />
      <Progress />
      <Gate>
        <Outlet />
      </Gate>
      <Views className="tabs" />
      <KeyHelp ref={help} />
      <Said />
      <Toast />
    </div>
  );
}

function useShellKeys(showHelp: () => void): void {
  const state = usePageState();
  const change = useChangeState();
  const { toggle } = useLive();
  const router = useRouter();
  const views = useViews();
  const isOperating = useIsOperating();
  const presets = PRESETS.map((name, index) => [String(index + 1), () => change({ ...preset(name), win: '' })]);
  useKeys({
    ...Object.fromEntries(presets),
    ...(!isOperating && { '/': focusSearch, l: toggle }),
    z: () => change(zoomedRange(state, Date.now())),
    d: toggleTheme,
    '?': showHelp,
    Backspace: () => router.history.back(),
    'g e': () => void router.navigate({ to: '/explore', search: (before) => before }),
    'g t': () => void router.navigate({ to: '/timeline', search: (before) => before }),
    'g o': () => void router.navigate({ to: '/objects', search: (before) => before }),
    'g c': () => void router.navigate({ to: '/coverage', search: (before) => before }),
    ...(views.includes('sinks') && {
      'g s': () => void router.navigate({ to: '/sinks', search: (before) => before }),
    }),
  });
}

/** Moves only when an answer takes its time: what takes none need not be seen. */
function Progress() {
  const isBusy = useIsFetching({ predicate: ({ queryKey }) => queryKey[0] !== 'meta' }) > 0;
  return <div className="progress" aria-hidden="true" data-busy={isBusy} />;
}
