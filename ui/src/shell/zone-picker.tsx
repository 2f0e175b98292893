import { useQuery } from '@tanstack/react-query';
import { metaQuestion } from '../api/questions.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';

/** UTC, the reader's and Tidings' own; and that of the link, whatever it is. */
export function ZonePicker() {
  const { t } = useTexts();
  const { tz } = usePageState();
  const change = useChangeState();
  const { data } = useQuery(metaQuestion);
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = new Map([[tz, tz]]);
  if (data) names.set(data.data.zone, t('zoneCluster', { zone: data.data.zone }));
  names.set(local, t('zoneLocal', { zone: local }));
  names.set('UTC', 'UTC');
  return (
    <select
      className="zone-picker"
      aria-label={t('zone')}
      title={t('zone')}
      value={tz}
      onChange={(event) => change({ tz: event.target.value })}
    >
      {Array.from(names, ([zone, name]) => (
        <option key={zone} value={zone}>
          {name}
        </option>
      ))}
    </select>
  );
}
