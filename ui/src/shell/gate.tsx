import { useQueryClient } from '@tanstack/react-query';
import { useMatchRoute, useRouter } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { namespacesOf } from '../api/range-parameters.ts';
import { keepToken, token } from '../api/token.ts';
import { useHistogram } from '../api/use-histogram.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import './gate.css';

/** What stands there instead of a view when its reader is not known, or may read nothing of it. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const isAt = useMatchRoute();
  // These ask less than all events do, or something else: what they are refused they say themselves.
  const isOwn = (['/objects', '/coverage', '/sinks'] as const).some((to) => isAt({ to, fuzzy: true }));
  return isOwn ? children : <GateOfAll>{children}</GateOfAll>;
}

function GateOfAll({ children }: { readonly children: ReactNode }) {
  const { error } = useHistogram();
  if (!(error instanceof ApiProblem) || ![401, 403].includes(error.details.status)) return children;
  return <Refused problem={error.details} />;
}

export function Refused({ problem: { status, detail } }: { readonly problem: ApiProblem['details'] }) {
  return status === 401 ? <SignIn problem={detail} /> : <NamespaceChoice problem={detail} />;
}

/** Who may not read all namespaces may be able to read some. */
function NamespaceChoice({ problem }: { readonly problem: string }) {
  const { t } = useTexts();
  const { ns } = usePageState();
  const change = useChangeState();
  const [typed, setTyped] = useState(ns);
  return (
    <main className="gate" id="content">
      <h1>{t('forbidden')}</h1>
      <p role="alert">{problem}</p>
      <form
        className="sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          change({ ns: namespacesOf(typed).join(',') });
        }}
      >
        <label>
          {t('onlyNamespaces')}
          <input placeholder="shop, payments" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <button type="submit" className="control primary">
          {t('use')}
        </button>
      </form>
    </main>
  );
}

/** Nobody who has not tried yet is told that they are not known. */
function SignIn({ problem }: { readonly problem: string }) {
  const { t } = useTexts();
  const queries = useQueryClient();
  const router = useRouter();
  const [typed, setTyped] = useState('');
  return (
    <main className="gate" id="content">
      <h1>{t('signIn')}</h1>
      {token() !== undefined && <p role="alert">{problem}</p>}
      <form
        className="sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          keepToken(typed);
          void queries.resetQueries();
          void router.invalidate();
        }}
      >
        <label>
          {t('token')}
          <input type="password" autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <button type="submit" className="control primary" disabled={typed.trim() === ''}>
          {t('use')}
        </button>
      </form>
    </main>
  );
}
