/**
 * Which header fields are for the next hop alone, and which for the other end.
 * https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.1
 */
import type { IncomingMessage } from 'node:http';

/** Names and values by turns, as they came: order, case and repetition are kept. */
export type RawHeaders = readonly string[];

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Those for the other end. Whatever Connection names, two are never taken away: what says who asks, and how long the body
 * is, which would be taken for the next request of a connection that is shared.
 */
export function endToEnd(headers: RawHeaders): string[] {
  const named = fields(headers)
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(','))
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== 'content-length' && !isIdentity(token));
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return fields(headers)
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .flat();
}

/**
 * Whether a field says who asks. Without Impersonate-User a request would be made as somebody who may do more.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
export function isIdentity(name: string): boolean {
  return name === 'authorization' || name.startsWith('impersonate-');
}

/** What is sent on for a request, without what says how its body or an upgrade travels. */
export function requestHeaders({ rawHeaders, socket }: IncomingMessage, host: string): string[] {
  const kept: string[] = [];
  const path: string[] = [];
  for (const [name, value] of fields(endToEnd(rawHeaders))) {
    const field = name.toLowerCase();
    if (field === 'x-forwarded-for') path.push(value);
    else if (field !== 'host') kept.push(name, value);
  }
  // The API server writes where a request came from into its audit log.
  if (socket.remoteAddress !== undefined) path.push(socket.remoteAddress);
  const forwarded = path.length > 0 ? ['X-Forwarded-For', path.join(', ')] : [];
  return ['Host', host, ...kept, ...forwarded, 'Via', '1.1 tidings'];
}

export function fields(headers: RawHeaders): [name: string, value: string][] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : []));
}
