import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { namespacesOf } from '../api/questions.ts';
import { keepToken } from '../api/token.ts';
import { useHistogram } from '../api/use-histogram.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';

/** What stands there instead of a view when its reader is not known, or may read nothing of it. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { error } = useHistogram();
  const status = error instanceof ApiProblem ? error.details.status : undefined;
  if (status === 401) return <SignIn />;
  if (status !== 403 || !(error instanceof ApiProblem)) return children;
  return <NamespaceChoice problem={error.details.detail} />;
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

function SignIn() {
  const { t } = useTexts();
  const queries = useQueryClient();
  const router = useRouter();
  const [typed, setTyped] = useState('');
  return (
    <main className="gate" id="content">
      <h1>{t('signIn')}</h1>
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
