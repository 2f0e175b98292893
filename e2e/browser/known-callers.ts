/** In front of a simulated cluster: an API server that knows callers by their tokens, and says what they may do. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Asked {
  readonly user: string;
  readonly nonResourceAttributes?: { readonly path: string; readonly verb: string };
}

export interface KnownCallers {
  readonly url: string;
  close(): Promise<void>;
}

/** A token is the name of its user. Who is not among the users is nobody. */
export async function knownCallers(
  server: string,
  users: Readonly<Record<string, (asked: Asked) => boolean>>,
): Promise<KnownCallers> {
  const front = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming;
    if (url.endsWith('reviews')) {
      void text(incoming).then((body) => {
        const { spec } = JSON.parse(body) as { readonly spec: Asked & { readonly token?: string } };
        const { token } = spec;
        const status =
          token === undefined
            ? { allowed: users[spec.user]?.(spec) === true }
            : Object.hasOwn(users, token)
              ? { authenticated: true, user: { username: token } }
              : { authenticated: false };
        outgoing.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ status }));
      });
      return;
    }
    const passed = request(new URL(url, server), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        front.close(() => resolve());
        front.closeAllConnections();
      }),
  };
}
