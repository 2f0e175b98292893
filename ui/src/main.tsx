import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { createPageRouter } from './shell/router.tsx';
import { startLanguage } from './text/language.ts';
import { startTheme } from './theme/theme.ts';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';

const queries = createQueryClient();
const place = document.getElementById('page');
if (!place) throw new Error('start the page: found no element with the id page, want it in index.html');

startTheme();
startLanguage();
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={createPageRouter(queries)} />
    </QueryClientProvider>
  </StrictMode>,
);
