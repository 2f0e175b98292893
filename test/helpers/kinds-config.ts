/** A configuration with every kind of field, for the tests of how one is loaded. */
import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  bytes,
  data,
  duration,
  filter,
  flag,
  integer,
  map,
  parsed,
  path,
  regularExpression,
  secret,
  string,
} from '../../src/config/fields.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load.ts';
import { AppError } from '../../src/core/errors.ts';

interface Branch {
  readonly name: string;
  readonly branches?: readonly Branch[];
}

const branch: v.GenericSchema<unknown, Branch> = v.strictObject({
  name: string('A name.'),
  token: v.exactOptional(secret('A token.')),
  branches: v.exactOptional(v.array(v.lazy(() => branch))),
});

const slack = v.pipe(
  v.strictObject({
    type: v.literal('slack'),
    name: string('A name.'),
    channel: string('A channel.'),
    retries: v.optional(integer('Retries.', { minimum: 0, maximum: 9 }), 3),
    token: v.exactOptional(secret('A token.')),
    ca: v.exactOptional(path('A file.')),
  }),
  v.check(({ channel, token }) => channel !== 'private' || token !== undefined, 'a private channel wants a token'),
);

const stdout = v.strictObject({
  type: v.literal('stdout'),
  name: string('A name.'),
  limits: v.exactOptional(
    v.pipe(
      v.strictObject({ low: integer('Low.', { minimum: 0 }), high: integer('High.', { minimum: 0 }) }),
      v.check(({ low, high }) => low <= high, 'low is above high, want it below'),
    ),
  ),
});

export const schema = v.strictObject({
  burst: v.exactOptional(integer('A number.', { minimum: 1, maximum: 10 })),
  pool: v.exactOptional(v.strictObject({ maxIdle: v.optional(integer('A number.', { minimum: -5 }), 4) })),
  gzip: v.exactOptional(flag('A flag.')),
  labels: v.exactOptional(map(string('A label.'), 'Labels.')),
  headers: v.exactOptional(map(secret('A header.'), 'Headers.')),
  files: v.exactOptional(map(path('A file.'), 'Files.')),
  pools: v.exactOptional(map(v.strictObject({ size: integer('A number.', { minimum: 1 }) }), 'Pools.')),
  layout: v.exactOptional(data('A layout.')),
  match: v.exactOptional(filter('A filter.')),
  pattern: v.exactOptional(regularExpression('A pattern.')),
  word: v.exactOptional(
    v.pipe(
      string('A word.'),
      v.check((word) => !word.includes(' '), 'want no space in it'),
    ),
  ),
  odd: v.exactOptional(
    parsed(
      (text) => {
        if (text === 'two') throw new AppError('FILTER_INVALID', 'two is even');
        return text === 'one' ? 1 : undefined;
      },
      'A number.',
      { wanted: 'one' },
    ),
  ),
  outputs: v.exactOptional(v.array(v.variant('type', [slack, stdout]))),
  branches: v.exactOptional(v.array(branch)),
  age: v.exactOptional(duration('An age.')),
  size: v.exactOptional(bytes('A size.')),
});

export type Options = Partial<LoadOptions<typeof schema>>;

export async function load(yaml: string, options: Options = {}) {
  return (await loadConfig({ schema, file: 'c.yaml', text: yaml, env: {}, ...options })).config;
}

export async function problemsOf(yaml: string, options?: Options): Promise<string[]> {
  try {
    await load(yaml, options);
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    return error.message.split('\n');
  }
}

export type Case = [written: string, message: string];

export function refuses(cases: readonly Case[]): void {
  test.each(cases)('refuses %s', async (yaml, message) => {
    expect(await problemsOf(yaml)).toEqual([`c.yaml:${message}`]);
  });
}
