import { Link, useMatchRoute } from '@tanstack/react-router';
import { useTexts } from '../text/language.ts';
import { chooseTheme, currentTheme } from '../theme/theme.ts';
import { Icon } from './icon.tsx';
import { useViews } from './use-views.ts';
import { WatchState } from './watch-state.tsx';
import { ZonePicker } from './zone-picker.tsx';

export function toggleTheme(): void {
  chooseTheme(currentTheme() === 'dark' ? 'light' : 'dark');
}

export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const { t } = useTexts();
  return (
    <header className="header">
      <Link to="/explore" className="brand">
        <Icon name="bars" />
        <b>Tidings</b>
      </Link>
      <Views className="views" />
      <WatchState />
      <ZonePicker />
      <button
        type="button"
        className="icon-button"
        aria-label={t('theme')}
        title={`${t('theme')} (d)`}
        onClick={toggleTheme}
      >
        <Icon name="theme" />
      </button>
      <button type="button" className="icon-button" aria-label={t('help')} title={`${t('help')} (?)`} onClick={onHelp}>
        <Icon name="help" />
      </button>
    </header>
  );
}

/** In the header, and at the foot of a phone; what is asked goes along. */
export function Views({ className }: { readonly className: string }) {
  const { t } = useTexts();
  const isAt = useMatchRoute();
  const views = useViews();
  return (
    <nav className={className} aria-label={t('views')}>
      {views.map((view) => (
        <Link
          key={view}
          to={`/${view}`}
          search={(before) => before}
          aria-current={isAt({ to: `/${view}`, fuzzy: true }) ? 'page' : undefined}
        >
          {t(view)}
        </Link>
      ))}
    </nav>
  );
}
