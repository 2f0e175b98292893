import type { ReactNode } from 'react';
import { workloadOf } from '../../../src/core/workload.ts';
import type { FullEvent } from '../api/questions.ts';
import { Message } from '../message/message.tsx';
import type { ObjectPlace } from '../object/object-address.ts';
import { ObjectLink, useObjectSearch } from '../object/object-link.tsx';
import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';

export function Facts({ event }: { readonly event: FullEvent }) {
  const { t, number } = useTexts();
  const clock = useClock();
  const at = (time: string) => clock.stamp(Date.parse(time));
  const { count, delta, node, source, deleted, cluster } = event;
  const search = useObjectSearch();
  const workload = workloadOf(event.object);
  const said = `×${number(count)}`;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('lastSeen'), at(event.last)],
    [t('firstSeen'), at(event.first)],
    [t('count'), delta === count ? said : t('cumulative', { count: said, delta })],
    ...(workload.name === event.object.name
      ? []
      : [[t('workload'), <Place key="workload" place={{ ...workload, isWorkload: true }} search={search} />] as const]),
    ...(node === ''
      ? []
      : [
          [
            t('node'),
            <Place key="node" place={{ kind: 'Node', namespace: '', name: node, isWorkload: false }} search={search} />,
          ] as const,
        ]),
    [t('source'), <Message key="source" text={source} />],
    [t('type'), <Message key="type" text={event.type} />],
    [t('cluster'), cluster],
    [t('received'), at(event.received)],
    ...(deleted === undefined ? [] : [[t('deleted'), at(deleted)] as const]),
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Place({ place, search }: { readonly place: ObjectPlace; readonly search: string }) {
  return (
    <ObjectLink place={place} search={search}>
      <Message text={place.name} />
    </ObjectLink>
  );
}
