import type { Call } from './operation.ts';

/** For what is no event of a cluster: the right to the path itself. Rejects with a `StatusError`. */
export async function askForPath({ context, incoming }: Call): Promise<void> {
  const { pathname } = new URL(incoming.url ?? '/', 'http://localhost');
  await context.access.path({ path: pathname, verb: (incoming.method ?? 'GET').toLowerCase() }, incoming);
}
