import { EVERYTHING_ALLOWED } from '../api/access.ts';
import { FairUse } from '../api/fair-use.ts';
import { listenOnSocket } from '../api/listener.ts';
import type { DeliveryAdmin } from '../component/delivery-admin.ts';
import type { Logger } from '../telemetry/log.ts';
import { adminSocket, socketPathProblem } from './admin-socket.ts';
import { type Closable, closeAll } from './closable.ts';
import { openJsonApi } from './open-json-api.ts';

/**
 * Lets deliveries be administered through the socket in the data directory, by the JSON API: whoever may open it is the
 * operator. Where its path is too long for a socket it says so and resolves with undefined: events are collected and
 * delivered all the same. Rejects with LISTEN_FAILED.
 */
export async function startAdmin(admin: DeliveryAdmin, dataDir: string, logger: Logger): Promise<Closable | undefined> {
  const path = adminSocket(dataDir);
  const problem = socketPathProblem(path);
  if (problem !== undefined) {
    const error = `listen on ${path}: ${problem}; choose a shorter --data directory`;
    logger.warn(
      { error },
      'administration is off: nobody can pause, seek or test sinks, replay, or retry dead letters',
    );
    return undefined;
  }
  const operator = { access: EVERYTHING_ALLOWED, callers: 'operator', fairUse: new FairUse(), local: false } as const;
  const api = openJsonApi(dataDir, logger, operator, admin);
  // Whatever was there is of a program that has gone: the store's lock says so.
  const listener = await listenOnSocket([api.endpoint], path);
  return {
    async close() {
      api.end();
      await closeAll([listener, api]);
    },
  };
}
