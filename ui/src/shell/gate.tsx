import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { keepToken } from '../api/token.ts';
import { useHistogram } from '../api/use-histogram.ts';
import { useTexts } from '../text/language.ts';

/** What stands there instead of a view when its reader is not known, or may read nothing of it. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const { t } = useTexts();
  const { error } = useHistogram();
  const status = error instanceof ApiProblem ? error.details.status : undefined;
  if (status === 401) return <SignIn />;
  if (status !== 403 || !(error instanceof ApiProblem)) return children;
  return (
    <main className="gate" id="content" role="alert">
      <h1>{t('forbidden')}</h1>
      <p>{error.details.detail}</p>
    </main>
  );
}

function SignIn() {
  const { t } = useTexts();
  const queries = useQueryClient();
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
