/** URLs as Go takes them apart and puts them together: https://pkg.go.dev/net/url */
import { isIPv4, isIPv6 } from 'node:net';
import { quote } from '../go-quote.ts';
import { fromBytes, toBytes } from '../go-string.ts';
import { GoError } from '../value.ts';

export interface GoUrl {
  readonly scheme: string;
  readonly opaque: string;
  /** As it was written, without the `@`. */
  readonly userinfo: Userinfo | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

export interface Userinfo {
  readonly name: string;
  readonly password?: string;
}

type Part = 'path' | 'host' | 'zone' | 'userinfo' | 'fragment';

/** What needs no escape beside letters, digits and `-_.~`. */
const PLAIN: Readonly<Record<Part, RegExp>> = {
  path: /[$&+,/:;=@]/,
  host: /[!$&'()*+,;=:[\]<>"]/,
  zone: /[!$&'()*+,;=:[\]<>"]/,
  userinfo: /[$&+,;=]/,
  fragment: /[$&+,/:;=?@!()*]/,
};

const needsEscape = (character: string, part: Part): boolean =>
  !/[A-Za-z0-9\-_.~]/.test(character) && !PLAIN[part].test(character);

/** One character a byte: escapes spell bytes. */
const byteText = (text: string): string => Buffer.from(toBytes(text)).toString('latin1');
const goText = (bytes: string): string => fromBytes(Buffer.from(bytes, 'latin1'));

function escape(text: string, part: Part): string {
  return byteText(text).replace(/[^]/g, (character) =>
    needsEscape(character, part)
      ? `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
      : character,
  );
}

function unescape(text: string, part: Part): string {
  const bytes = byteText(text).replace(/%[^]{0,2}|[^]/g, (found) => {
    if (found.startsWith('%')) return unescaped(found, part);
    const isHost = part === 'host' || part === 'zone';
    if (isHost && found < '\x80' && needsEscape(found, part)) {
      throw new GoError(`invalid character ${quote(found)} in host name`);
    }
    return found;
  });
  return goText(bytes);
}

function unescaped(escaped: string, part: Part): string {
  const code = /^%[0-9A-Fa-f]{2}$/.test(escaped) ? Number.parseInt(escaped.slice(1), 16) : undefined;
  const character = String.fromCharCode(code ?? 0);
  const isPercent = escaped === '%25';
  const isRefused =
    code === undefined ||
    (part === 'host' && code < 0x80 && !isPercent) ||
    (part === 'zone' && !isPercent && character !== ' ' && needsEscape(character, 'host'));
  if (isRefused) throw new GoError(`invalid URL escape ${quote(goText(escaped))}`);
  return character;
}

/** `url.Parse`. Throws a GoError. */
export function parseUrl(text: string): GoUrl {
  const [whole = '', ...fragments] = text.split('#');
  const fragment = fragments.join('#');
  const inContext = <T>(shown: string, parse: () => T): T => {
    try {
      return parse();
    } catch (error) {
      if (error instanceof GoError) throw new GoError(`parse ${quote(shown)}: ${error.message}`);
      throw error;
    }
  };
  const url = inContext(whole, () => parseWithoutFragment(whole));
  return { ...url, fragment: inContext(text, () => unescape(fragment, 'fragment')) };
}

const NOTHING = { scheme: '', opaque: '', userinfo: undefined, host: '', path: '', query: '' };

function parseWithoutFragment(text: string): Omit<GoUrl, 'fragment'> {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) throw new GoError('net/url: invalid control character in URL');
  if (text === '*') return { ...NOTHING, path: '*' };
  if (text.startsWith(':')) throw new GoError('missing protocol scheme');
  const [, given = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+\-.]*):)?([^]*)$/.exec(text) ?? [];
  const scheme = given.toLowerCase();
  const [hierarchy = '', ...queries] = rest.split('?');
  const url = { ...NOTHING, scheme, query: queries.join('?') };
  if (scheme !== '' && !hierarchy.startsWith('/')) return { ...url, opaque: hierarchy };
  // An absolute path begins with an empty segment.
  if (looksLikeScheme(hierarchy)) throw new GoError('first path segment in URL cannot contain colon');
  const hasAuthority = hierarchy.startsWith('//') && (scheme !== '' || !hierarchy.startsWith('///'));
  if (!hasAuthority) return { ...url, path: unescape(hierarchy, 'path') };
  const slash = hierarchy.indexOf('/', 2);
  const end = slash < 0 ? hierarchy.length : slash;
  return { ...url, ...parseAuthority(scheme, hierarchy.slice(2, end)), path: unescape(hierarchy.slice(end), 'path') };
}

const looksLikeScheme = (path: string): boolean => /^[^/]*:/.test(path);

function parseAuthority(scheme: string, authority: string): Pick<GoUrl, 'userinfo' | 'host'> {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  return { host, userinfo: at < 0 ? undefined : parseUserinfo(authority.slice(0, at)) };
}

function parseUserinfo(text: string): Userinfo {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text)) throw new GoError('net/url: invalid userinfo');
  const colon = text.indexOf(':');
  if (colon < 0) return { name: unescape(text, 'userinfo') };
  return { name: unescape(text.slice(0, colon), 'userinfo'), password: unescape(text.slice(colon + 1), 'userinfo') };
}

export function userinfoText({ name, password }: Userinfo): string {
  return escape(name, 'userinfo') + (password === undefined ? '' : `:${escape(password, 'userinfo')}`);
}

function checkPort(port: string): void {
  if (!/^(?::[0-9]*)?$/.test(port)) throw new GoError(`invalid port ${quote(port)} after host`);
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new GoError('invalid IP-literal');
  if (open === 0) return parseBracketed(host);
  // Lists of hosts with ports are let pass, but not where the syntax is known.
  const isStrict = scheme === 'http' || scheme === 'https';
  const colon = isStrict ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  return unescape(host, 'host');
}

function parseBracketed(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) throw new GoError("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  const address =
    zone < 0 ? unescape(name, 'host') : unescape(name.slice(0, zone), 'host') + unescape(name.slice(zone), 'zone');
  if (isIPv4(address)) throw new GoError('invalid IP-literal');
  if (!isIPv6(address)) throw new GoError(`invalid host: ParseAddr(${quote(address)}): unable to parse IP`);
  return `[${address}]${port}`;
}

/** `URL.Hostname`. */
export function hostname(host: string): string {
  const withoutPort = host.replace(/:[0-9]*$/, '');
  return /^\[.*\]$/.test(withoutPort) ? withoutPort.slice(1, -1) : withoutPort;
}

/** `URL.String`. */
export function urlText(url: GoUrl): string {
  const { scheme, opaque, query, fragment } = url;
  const before = scheme === '' ? '' : `${scheme}:`;
  const hierarchy = opaque === '' ? hierarchyText(url) : opaque;
  // A path whose first segment has a colon would be taken for a scheme.
  const isAmbiguous = before === '' && opaque === '' && url.host === '' && looksLikeScheme(escape(url.path, 'path'));
  const text = before + (isAmbiguous && url.userinfo === undefined ? './' : '') + hierarchy;
  return text + (query === '' ? '' : `?${query}`) + (fragment === '' ? '' : `#${escape(fragment, 'fragment')}`);
}

function hierarchyText({ scheme, userinfo, host, path }: GoUrl): string {
  const hasAuthority = host !== '' || userinfo !== undefined || (scheme !== '' && path !== '');
  const user = userinfo === undefined ? '' : `${userinfoText(userinfo)}@`;
  const escaped = path === '*' ? path : escape(path, 'path');
  const slash = escaped !== '' && !escaped.startsWith('/') && host !== '' ? '/' : '';
  return (hasAuthority ? '//' : '') + user + escape(host, 'host') + slash + escaped;
}
