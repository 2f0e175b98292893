import type { IncomingMessage } from 'node:http';

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^bearer ([^ ]+)$/i.exec(headers.authorization?.trim() ?? '')?.[1];
}
