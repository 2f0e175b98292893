/**
 * Administration of deliveries: HTTP on a Unix socket in the data directory that only its owner may open, since callers
 * cannot be authenticated yet.
 */
import { chmod, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { DeliveryAdmin } from '../component/delivery-admin.ts';
import { AppError, messageOf } from '../core/errors.ts';

export interface AdminListener {
  close(): Promise<void>;
}

/** Rejects with LISTEN_FAILED. A socket that a program left behind is replaced: the store's lock says that it is gone. */
export async function listenForAdmin(admin: DeliveryAdmin, path: string): Promise<AdminListener> {
  // Loaded when somebody asks: the framework takes some MiB.
  let app: Promise<RequestListener> | undefined;
  const server = createServer((request, response) => {
    app ??= import('./admin-app.ts').then(({ adminApp }) => adminApp(admin));
    app.then(
      (answer) => answer(request, response),
      (error: Error) => response.destroy(error),
    );
  });
  try {
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
  } catch (cause) {
    server.close();
    throw new AppError('LISTEN_FAILED', `listen on ${path}: ${messageOf(cause)}`, { cause });
  }
  return {
    async close() {
      await closed(server);
      await rm(path, { force: true });
    },
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
