import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Access } from './access.ts';
import { bearerToken } from './bearer-token.ts';
import { forbidden, forbiddenPath, StatusError, UNAUTHORIZED } from './status-error.ts';

/** What whoever has the token is called. */
const READER = 'tidings:reader';
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** As the answers of API servers: what stays open ends when its token is withdrawn. */
const VALID_MS = 10_000;

const NOBODY: Access = {
  events: () => Promise.reject(new StatusError(UNAUTHORIZED)),
  path: () => Promise.reject(new StatusError(UNAUTHORIZED)),
};

/**
 * Whoever has the token may read everything, and do nothing else; nobody while there is none. For all others `otherwise`
 * decides.
 */
export function readTokenAccess(token: () => Promise<string | undefined>, otherwise: Access = NOBODY): Access {
  const isReader = async (request: IncomingMessage): Promise<boolean> => {
    const given = bearerToken(request);
    const wanted = given === undefined ? undefined : await token();
    return given !== undefined && wanted !== undefined && timingSafeEqual(digest(given), digest(wanted));
  };
  return {
    async events(attempt, request) {
      if (!(await isReader(request))) return otherwise.events(attempt, request);
      if (!READS.has(attempt.verb)) throw forbidden({ user: READER, ...attempt });
      return { caller: READER, validMs: VALID_MS };
    },
    async path(attempt, request) {
      if (!(await isReader(request))) return otherwise.path(attempt, request);
      if (attempt.verb !== 'get') throw forbiddenPath(READER, attempt);
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
