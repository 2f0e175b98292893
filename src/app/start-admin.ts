import { type AdminListener, listenForAdmin } from '../api/admin.ts';
import type { DeliveryAdmin } from '../component/delivery-admin.ts';
import type { Logger } from '../telemetry/log.ts';
import { adminSocket, socketPathProblem } from './admin-socket.ts';

/**
 * Lets deliveries be administered through the socket in the data directory. Where its path is too long for a socket it
 * says so and resolves with undefined: events are collected and delivered all the same. Rejects with LISTEN_FAILED.
 */
export async function startAdmin(
  admin: DeliveryAdmin,
  dataDir: string,
  logger: Pick<Logger, 'warn'>,
): Promise<AdminListener | undefined> {
  const path = adminSocket(dataDir);
  const problem = socketPathProblem(path);
  if (problem === undefined) return listenForAdmin(admin, path);
  const error = `listen on ${path}: ${problem}; choose a shorter --data directory`;
  logger.warn({ error }, 'administration is off: nobody can pause, seek or test sinks, replay, or retry dead letters');
  return undefined;
}
