/** A configuration for the tests of how one is loaded. */
import * as v from 'valibot';
import { bytes, choice, duration, listenAddress, path, secret, text, url } from '../../src/config/fields.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load.ts';
import { AppError } from '../../src/core/errors.ts';

export const schema = v.strictObject({
  targets: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name: text('A name.', { pattern: /^[a-z]+$/, wanted: 'a name of small letters' }),
          token: v.exactOptional(secret('A token.')),
          tags: v.exactOptional(v.array(text('A tag.', { pattern: /./, wanted: 'a tag' }))),
        }),
      ),
      v.maxLength(2, 'found more than two targets, want two at most'),
    ),
    [],
  ),
  data: v.exactOptional(path('A path.')),
  keep: v.optional(v.strictObject({ maxAge: v.optional(duration('An age.'), '90d') }), {}),
  size: v.exactOptional(bytes('A size.')),
  listen: v.optional(listenAddress('An address.'), '127.0.0.1:7780'),
  server: v.exactOptional(url('A URL.')),
  level: v.exactOptional(choice(['debug', 'info', 'warn'], 'A level.')),
  auth: v.exactOptional(v.strictObject({ password: v.exactOptional(secret('A password.')) })),
});

export type Options = Partial<LoadOptions<typeof schema>>;

export async function load(yaml: string, options: Options = {}) {
  return (await loadConfig({ schema, file: 'config.yaml', text: yaml, env: {}, ...options })).config;
}

export async function problemsOf(action: () => Promise<unknown>): Promise<string[]> {
  try {
    await action();
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    return error.message.split('\n');
  }
}

export const WORDS =
  'targets name keep maxAge level auth password : - [ ] { } , *a &a !x " \' | > # ? << --- ... % @ ` ${ ${A} ~ 1 x'
    .split(' ')
    .flatMap((word) => [word, `${word} `])
    .concat(' ', '  ', '\n', '\n  ', '\t');

export const WANT_ADDRESS = 'want an address such as 127.0.0.1:7780, [::1]:7780 or :7780';
export const ALL_KEYS = 'targets, data, keep, size, listen, server, level, auth';
