/** A server for the tests of a file. */
import { beforeAll } from 'vitest';
import type { RunningServer, ServerContext } from '../servers/running-server.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Starts a server before the suite's tests and ends it after them; call the result inside a test. */
export function useServer<Server extends RunningServer>(
  start: (context: ServerContext) => Promise<Server>,
): () => Server {
  let server: Server | undefined;
  beforeAll(async () => {
    const directory = temporaryDirectory();
    try {
      server = await start({ dir: directory.path });
    } catch (error) {
      directory.remove();
      throw error;
    }
    return async () => {
      await server?.kill();
      directory.remove();
    };
  });
  return () => {
    if (server === undefined) throw new Error('use the server: it has not started; call it inside a test');
    return server;
  };
}
