import * as v from 'valibot';
import { expect, test } from 'vitest';
import { choice, duration, text } from './fields.ts';
import { configJsonSchema } from './json-schema.ts';
import { configMarkdown } from './markdown.ts';

const schema = v.strictObject({
  targets: v.optional(
    v.pipe(
      v.array(v.strictObject({ name: text('A name|label.', { pattern: /^[a-z]+$/, wanted: 'small letters' }) })),
      v.description('The targets.'),
    ),
    [],
  ),
  keep: v.optional(v.strictObject({ maxAge: v.optional(duration('An age.'), '90d') }), {}),
  level: v.exactOptional(choice(['debug', 'info'], 'A level.', { unset: 'inherited' })),
});

test('configMarkdown has a row for each setting', () => {
  expect(configMarkdown(schema)).toBe(
    [
      '| Setting | Value | Default | Environment | Description |',
      '| --- | --- | --- | --- | --- |',
      '| `targets` | a list; each: a mapping |  |  | The targets. |',
      '| `targets[].name` | small letters | required |  | A name\\|label. |',
      '| `keep` | a mapping |  |  |  |',
      '| `keep.maxAge` | a duration such as 90d or 12h | `90d` | `TIDINGS_KEEP_MAX_AGE` | An age. |',
      '| `level` | `debug`, `info` | inherited | `TIDINGS_LEVEL` | A level. |',
      '',
    ].join('\n'),
  );
});

test('configJsonSchema describes what is written, not what is loaded', () => {
  expect(configJsonSchema(schema)).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: {
      targets: {
        description: 'The targets.',
        default: [],
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: {
            name: {
              description: 'A name|label.',
              type: 'string',
              anyOf: [{ pattern: '^[a-z]+$' }, { pattern: '\\$\\{' }],
            },
          },
        },
      },
      keep: {
        default: {},
        type: 'object',
        additionalProperties: false,
        properties: {
          maxAge: {
            description: 'An age.',
            default: '90d',
            type: 'string',
            anyOf: [{ pattern: expect.stringContaining('(\\d+d)?') }, { pattern: '\\$\\{' }],
          },
        },
      },
      level: {
        description: 'A level.',
        type: 'string',
        anyOf: [{ enum: ['debug', 'info'] }, { pattern: '\\$\\{' }],
      },
    },
  });
});

test('refuses a schema that is not made of the kit', () => {
  expect(() => configMarkdown(v.strictObject({ count: v.number() }))).toThrow(
    'schema number is not one of the field kit',
  );
});
