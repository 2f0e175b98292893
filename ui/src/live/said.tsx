import { useEffect, useEffectEvent, useState } from 'react';
import { useTexts } from '../text/language.ts';
import { useLive } from './live.tsx';

const EVERY_MS = 5_000;

/** For who does not see the rows come: how many there were, from time to time, never row by row. */
export function Said() {
  const { t } = useTexts();
  const { rows, status } = useLive();
  const [told, setTold] = useState({ newest: '', words: '' });
  const tell = useEffectEvent(() => {
    const end = rows.findIndex(({ id }) => id === told.newest);
    const fresh = end < 0 ? rows : rows.slice(0, end);
    if (fresh.length === 0) return;
    const critical = fresh.filter(({ severity }) => severity === 'critical').length;
    setTold({ newest: rows[0]?.id ?? '', words: t('saidNew', { n: fresh.length, critical }) });
  });
  useEffect(() => {
    if (status === 'off') return undefined;
    const timer = setInterval(() => tell(), EVERY_MS);
    return () => clearInterval(timer);
  }, [status]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {told.words}
    </p>
  );
}
