/** With what the reader proves who they are, for as long as the tab is open. */

const KEY = 'tidings.token';

/** Undefined when a browser's own certificate, or a proxy, has to do. */
export function token(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function keepToken(given: string): void {
  sessionStorage.setItem(KEY, given.trim());
}
