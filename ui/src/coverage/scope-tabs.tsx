import { useChangeState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { Texts } from '../text/texts.ts';
import type { ScopeGroup } from './scopes.ts';

const ALL_NAMESPACES = '*';
const NODES_IN_DEFAULT = 'default/nodes';
/** So many are named. */
const NAMED = 3;

interface ScopeTabsProps {
  readonly groups: readonly ScopeGroup[];
  readonly chosen: ScopeGroup;
}

/** What differs, side by side. */
export function ScopeTabs({ groups, chosen }: ScopeTabsProps) {
  const texts = useTexts();
  const change = useChangeState();
  const clusters = new Set(groups.flatMap(({ scopes }) => scopes.map(({ cluster }) => cluster)));
  return (
    <div className="segments scope-tabs" role="group" aria-label={texts.t('scopes')}>
      {groups.map((group) => (
        <button
          key={group.id}
          type="button"
          aria-pressed={group.id === chosen.id}
          onClick={() => change({ scope: group === groups[0] ? '' : group.id })}
        >
          <bdi>{groupName(group, clusters.size > 1, texts)}</bdi>
        </button>
      ))}
    </div>
  );
}

function groupName({ scopes }: ScopeGroup, hasClusters: boolean, { t, list }: Texts): string {
  const names = scopes.map(({ cluster, scope }) => {
    const name =
      scope === ALL_NAMESPACES ? t('allNamespaces') : scope === NODES_IN_DEFAULT ? t('eventsOfNodes') : scope;
    return hasClusters ? t('inCluster', { cluster, name }) : name;
  });
  const others = names.length - NAMED;
  return list(others > 0 ? [...names.slice(0, NAMED), t('more', { n: others })] : names);
}
