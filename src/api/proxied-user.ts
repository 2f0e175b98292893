import type { IncomingMessage } from 'node:http';
import type { ProxyAuthorities, UserInfo } from '../component/access-reviews.ts';

/**
 * For whom a proxy asks. To be read only when its certificate was checked: anybody can send these headers.
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/authentication/request/headerrequest/requestheader.go
 */
export function proxiedUser({ headersDistinct }: IncomingMessage, proxies: ProxyAuthorities): UserInfo | undefined {
  const values = (name: string): string[] => (headersDistinct[name] ?? []).filter(Boolean).map(decoded);
  const name = proxies.usernameHeaders.flatMap(values)[0];
  if (name === undefined) return undefined;
  const uid = proxies.uidHeaders.flatMap(values)[0];
  const extra: Record<string, string[]> = Object.create(null);
  for (const header of Object.keys(headersDistinct)) {
    const prefix = proxies.extraHeaderPrefixes.find((candidate) => header.startsWith(candidate));
    if (prefix !== undefined) (extra[unescaped(header.slice(prefix.length))] ??= []).push(...values(header));
  }
  return { name, ...(uid !== undefined && { uid }), groups: proxies.groupHeaders.flatMap(values), extra };
}

/** Headers are bytes; names in them are UTF-8. */
function decoded(value: string): string {
  return Buffer.from(value, 'latin1').toString();
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
