import * as v from 'valibot';
import type { SinkContext } from '../component/sink.ts';
import { path, secret, string } from '../config/fields.ts';
import { RotatingFile } from '../config/rotating-file.ts';
import { messageOf } from '../core/errors.ts';
import { type Authentication, type Authorization, basic, bearer } from './_http-authorization.ts';
import type { HttpConnectionConfig } from './_http-connections.ts';
import { OAuth2Token, oauth2Config } from './_http-oauth2.ts';

export const authConfig = v.pipe(
  v.strictObject({
    basic: v.exactOptional(
      v.pipe(
        v.strictObject({ username: string('The user.'), password: secret('The password.') }),
        v.description('User and password, by the Basic scheme.'),
      ),
    ),
    bearerToken: v.exactOptional(secret('A token, by the Bearer scheme.')),
    bearerTokenFile: v.exactOptional(path('The file of a token that somebody else replaces; read again every 10 s.')),
    oauth2: v.exactOptional(oauth2Config),
  }),
  v.description('Who asks, by the Authorization header: one of these. Client certificates are set by `tls`.'),
  v.partialCheck(
    [['basic'], ['bearerToken'], ['bearerTokenFile'], ['oauth2']],
    (ways) => Object.values(ways).filter((way) => way !== undefined).length === 1,
    'want exactly one of basic, bearerToken, bearerTokenFile and oauth2',
  ),
);

/** Throws an AppError when what is given cannot be sent. */
export function createAuthentication(
  config: v.InferOutput<typeof authConfig>,
  connection: Pick<HttpConnectionConfig, 'timeout' | 'proxy'>,
  context: SinkContext,
): Authentication {
  if (config.oauth2) return new OAuth2Token(config.oauth2, connection, context);
  if (config.bearerTokenFile !== undefined) return tokenFile(config.bearerTokenFile);
  if (config.basic) return constant(basic(config.basic.username, config.basic.password), [config.basic.password]);
  return constant(bearer(config.bearerToken ?? '', 'auth.bearerToken'), []);
}

/** A header that stays what it is. */
export function constant(header: string, secrets: readonly string[]): Authentication {
  const authorization = { header };
  const all = [...secrets, header, header.replace(/^\w+ /, '')];
  return {
    check: async () => {},
    current: async () => authorization,
    renew: async () => authorization,
    secrets: () => all,
    close: async () => {},
  };
}

function tokenFile(file: string): Authentication {
  const rotating = new RotatingFile(file, 'auth.bearerTokenFile', Date.now);
  // What was sent before may come back in a late answer.
  const seen: string[] = [];
  const header = async (fresh: boolean): Promise<string> => {
    const token = await rotating.read({ fresh });
    if (seen.at(-1) !== token) seen.splice(0, Math.max(0, seen.length - 1), token);
    return bearer(token, file);
  };
  const read = async (fresh: boolean): Promise<Authorization> => {
    try {
      return { header: await header(fresh) };
    } catch (error) {
      return { failed: { status: 'retry', reason: 'unauthorized', problem: messageOf(error) } };
    }
  };
  return {
    check: async () => void (await header(true)),
    current: () => read(false),
    renew: () => read(true),
    secrets: () => seen,
    close: async () => {},
  };
}
