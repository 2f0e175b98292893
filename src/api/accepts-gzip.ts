import type { IncomingMessage } from 'node:http';
import { parseAccept } from './parse-accept.ts';

export function acceptsGzip(request: IncomingMessage): boolean {
  const accepted = request.headers['accept-encoding'];
  return (
    accepted !== undefined && parseAccept(String(accepted)).some(({ type, quality }) => type === 'gzip' && quality > 0)
  );
}
