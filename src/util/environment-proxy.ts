/**
 * The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for a server, as Go programs read them:
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
import { BlockList, isIP } from 'node:net';

export interface EnvironmentProxy {
  /** The variable, for messages. */
  readonly variable: string;
  /** What it holds, with a scheme in front; not necessarily a URL. May hold a password. */
  readonly url: string;
}

/** Undefined for a direct connection. */
export function environmentProxy(
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): EnvironmentProxy | undefined {
  const url = new URL(server);
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = env[variable] || env[variable.toLowerCase()];
  if (!value || isExcepted(url, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined;
  return { variable, url: /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}` };
}

/** What a proxy's URL has to be, for a message. */
export const PROXY_URL = 'an http, https or socks5 URL';

export function isProxyUrl(proxy: string): boolean {
  return URL.canParse(proxy) && /^(?:https?|socks5):$/.test(new URL(proxy).protocol);
}

function isExcepted(url: URL, exceptions: string): boolean {
  const host = hostOf(url);
  if (isLoopback(host)) return true;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return exceptions
    .split(',')
    .map((exception) => exception.trim().toLowerCase())
    .filter((exception) => exception !== '')
    .some((exception) => exception === '*' || matches(exception, host, port));
}

function matches(exception: string, host: string, port: string): boolean {
  const [address = '', prefix] = exception.split('/');
  if (prefix !== undefined) return isWithin(address, Number(prefix), host);
  const [, name = exception, wantedPort] = /^(\[.+\]|[^:]*):(\d+)$/.exec(exception) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const wanted = name.replace(/^\[(.+)\]$/, '$1').replace(/^\*\./, '.');
  if (isIP(wanted)) return isWithin(wanted, isIP(wanted) === 4 ? 32 : 128, host);
  return wanted.startsWith('.') ? host.endsWith(wanted) : host === wanted || host.endsWith(`.${wanted}`);
}

function isWithin(network: string, prefix: number, host: string): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !(prefix >= 0 && prefix <= (family === 4 ? 32 : 128))) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, prefix, type);
  return list.check(host, type);
}

/** A URL's host, without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[(.+)\]$/, '$1');
}

/** Whether a host names this machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || isWithin('127.0.0.0', 8, host) || isWithin('::1', 128, host);
}
