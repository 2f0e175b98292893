/** How what was sent and what came back can be told without telling a secret. */

const MASK = '…';

/** Parameters that hold a secret by their name, whatever it looks like. */
const SECRET_NAME = /key|token|secret|sig|pass|auth|code|credential/i;

const PUBLIC_HEADERS = new Set(['accept', 'content-type', 'user-agent']);

/** A URL for people: without user, password and fragment, no value of a query, no part of the path that may be a token. */
export function shownUrl(url: URL): string {
  const path = url.pathname.split('/').map((part) => (looksLikeToken(part) ? MASK : part));
  const query = [...url.searchParams.keys()].map((name) => `${looksLikeToken(name) ? MASK : name}=${MASK}`);
  return `${url.protocol}//${url.host}${path.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** The secrets in a URL: what an answer may repeat of it and nobody else should. */
export function secretsOfUrl(url: URL): string[] {
  const parameters = [...url.searchParams].flatMap(([name, value]) => [
    ...(looksLikeToken(name) ? [name] : []),
    ...(SECRET_NAME.test(name) || looksLikeToken(value) ? [value] : []),
  ]);
  return [
    ...[url.username, url.password].flatMap((text) => [text, decoded(text)]),
    ...url.pathname.split('/').filter(looksLikeToken),
    ...parameters,
  ];
}

/** Header values may be secrets, and of `Bearer abc…` its last word is. What is short is a tenant or a flag. */
export function secretsOfHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => !PUBLIC_HEADERS.has(name))
    .flatMap(([, value]) => [value, ...value.split(/\s+/)])
    .filter((value) => value.length >= 8);
}

/** The text with each secret masked, also where it is written as in a URL, a form, JSON or HTML. */
export function redacted(text: string, secrets: readonly string[]): string {
  const maskable = new Set(secrets.filter(isMaskable));
  if (maskable.size === 0) return text;
  // The longest first, since one may be a part of another.
  const longestFirst = [...maskable].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((secret) => Array.from(secret, formsOf).map(anyOf).join('')).join('|');
  return text.replaceAll(new RegExp(pattern, 'gi'), MASK);
}

/** How many characters before the end of a text a secret may have begun that the end cut off. */
export function longestForm(secrets: readonly string[]): number {
  const lengths = secrets.map((secret) => Array.from(secret, formsOf).reduce((sum, forms) => sum + longest(forms), 0));
  return Math.max(0, ...lengths);
}

/** What is shorter is part of every other word: a mask within one would tell it. */
function isMaskable(secret: string): boolean {
  return secret.length >= 4;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** The ways in which a character is written; what must be escaped in one place may be in another. */
function formsOf(character: string): readonly string[] {
  if (/[\w-]/.test(character)) return [character];
  const code = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const bytes = Buffer.from(character).toString('hex').toUpperCase();
  // Each once: a pattern with two equal ways through it takes twice as long at every character.
  const forms = new Set([
    character,
    // JSON
    JSON.stringify(character).slice(1, -1),
    `\\${character}`,
    units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join(''),
    // URLs and forms
    bytes.replaceAll(/../g, '%$&'),
    ...(character === ' ' ? ['+'] : []),
    // HTML
    `&${ENTITIES[character] ?? `#${code}`};`,
    `&#${code};`,
    `&#0${code};`,
    `&#x${code.toString(16)};`,
  ]);
  return [...forms];
}

function anyOf(forms: readonly string[]): string {
  const escaped = forms.map((form) => form.replaceAll(/[$()*+.?[\\\]^{|}/]/g, '\\$&'));
  return escaped.length === 1 ? escaped.join('') : `(?:${escaped.join('|')})`;
}

function longest(forms: readonly string[]): number {
  return Math.max(...forms.map((form) => form.length));
}

/** Long, and not words that are spelt out, as `kubernetes-events`. */
function looksLikeToken(text: string): boolean {
  return text.length >= 16 && !/^[a-z]{1,15}(?:[-_.][a-z]{1,15})*$/i.test(text);
}

/** As it stands where it is no encoding of anything. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
