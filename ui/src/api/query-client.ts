import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../../../src/api/json/client.ts';

const RETRIES = 2;

/** What Tidings refuses it refuses again; what did not arrive may another time. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Who has no network may still reach the Tidings of their own machine, which a browser takes for being offline.
        networkMode: 'always',
        retry: (failures, error) => failures < RETRIES && !(error instanceof ApiProblem && error.details.status < 500),
        refetchOnWindowFocus: false,
        staleTime: 10_000,
      },
    },
  });
}
