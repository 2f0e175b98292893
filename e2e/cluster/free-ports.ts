import { createServer } from 'node:net';

/**
 * A free port on loopback for each name. They lie below the range from which clients get theirs, so that a server that
 * restarts finds its port free.
 */
export async function freePorts<Name extends string>(
  ...names: readonly Name[]
): Promise<Readonly<Record<Name, number>>> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 12_000);
    const ports = names.map((name, index) => [name, base + index] as const);
    const free = await Promise.all(ports.map(([, port]) => isFree(port)));
    if (free.every(Boolean)) return Object.fromEntries(ports) as Record<Name, number>;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
