import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { workloadOf } from '../../../src/core/workload.ts';
import { problemWords } from '../api/problem-words.ts';
import { eventQuestion, type FullEvent } from '../api/questions.ts';
import { Message } from '../message/message.tsx';
import { ObjectName } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { writtenOut } from '../message/visible-text.ts';
import { ObjectLink, useObjectSearch } from '../object/object-link.tsx';
import { isCel, only } from '../query/rewrite.ts';
import { kubectlCommand } from '../share/kubectl-command.ts';
import { ShareMenu } from '../share/share-menu.tsx';
import { yamlOf } from '../share/yaml.ts';
import { Icon } from '../shell/icon.tsx';
import { useSheet } from '../shell/use-sheet.ts';
import { Deliveries } from '../sinks/deliveries.tsx';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { Around } from './around-list.tsx';
import { Copyable } from './copyable.tsx';
import { Facts } from './facts.tsx';
import { FullMessage } from './full-message.tsx';
import { NoLongerKept } from './no-longer-kept.tsx';
import { Revisions } from './revisions.tsx';
import './drawer.css';

/** One event, pinned from anywhere; it belongs to the address. */
export function Drawer({ id }: { readonly id: string }) {
  const texts = useTexts();
  const { t } = texts;
  const change = useChangeState();
  const { data, error, refetch } = useQuery(eventQuestion(id));
  const body = useRef<HTMLElement>(null);
  useSheet(body, true, () => change({ sel: '' }));
  useEffect(() => {
    // In braces: newer browsers give a promise, which is no clean-up.
    body.current?.scrollTo({ top: 0 });
  }, [id]);
  const isGone = error instanceof ApiProblem && error.details.status === 404;
  return (
    <aside className="drawer" aria-label={t('details')} ref={body}>
      <button
        type="button"
        className="icon-button drawer-close"
        aria-label={t('close')}
        title={`${t('close')} (Esc)`}
        onClick={() => change({ sel: '' })}
      >
        <Icon name="close" />
      </button>
      {error ? (
        <div className="drawer-problem" role="alert">
          {isGone ? (
            <NoLongerKept id={id} />
          ) : (
            <>
              <h2>{t('failed', { problem: problemWords(error, texts) })}</h2>
              <button type="button" className="control" onClick={() => void refetch()}>
                {t('retry')}
              </button>
            </>
          )}
        </div>
      ) : data ? (
        <EventDetails event={data.data} />
      ) : (
        <p>{t('loading')}</p>
      )}
    </aside>
  );
}

function EventDetails({ event }: { readonly event: FullEvent }) {
  const { t } = useTexts();
  const { q } = usePageState();
  const change = useChangeState();
  const { object, severity, reason, raw } = event;
  const search = useObjectSearch();
  const command = kubectlCommand(event);
  const workload = workloadOf(object);
  // What is written in CEL is not rewritten.
  const filter = isCel(q) ? '' : q;
  return (
    <>
      <h2 className="drawer-title">
        <SeverityMark severity={severity} />
        <Message text={reason} />
      </h2>
      <p className="drawer-object">
        <Message text={object.kind} />
        <ObjectLink place={{ ...object, isWorkload: false }} search={search}>
          <ObjectName namespace={object.namespace} name={object.name} />
        </ObjectLink>
      </p>
      <FullMessage key={event.id} text={event.message} />
      <p className="drawer-actions">
        {workload.name !== object.name && (
          <button
            type="button"
            className="control"
            onClick={() => change({ q: only(filter, { key: 'workload', value: workload.name }) })}
          >
            {t('onlyName', { name: writtenOut(workload.name) })}
          </button>
        )}
        <button
          type="button"
          className="control"
          title={writtenOut(object.name)}
          onClick={() => change({ q: only(filter, { key: 'name', value: object.name }) })}
        >
          {t('onlyObject', { kind: writtenOut(object.kind) })}
        </button>
        <ShareMenu event={event} />
      </p>
      <Facts event={event} />
      <Revisions event={event} />
      <Deliveries id={event.id} />
      <Around event={event} />
      <h3>{t('sameWithKubectl')}</h3>
      <Copyable text={command} />
      <details>
        <summary>{t('asYaml')}</summary>
        <Copyable text={yamlOf(raw)} />
      </details>
    </>
  );
}
