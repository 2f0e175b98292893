import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { choice, data, duration, flag, integer, map, string, text } from './fields.ts';
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

interface Branch {
  readonly name: string;
  readonly branches?: readonly Branch[];
}

const branch: v.GenericSchema<unknown, Branch> = v.strictObject({
  name: string('A name.'),
  branches: v.exactOptional(
    v.pipe(v.array(v.lazy(() => branch)), v.description('More of the same.'), v.metadata({ unset: 'none' })),
  ),
});

const name = string('A name.');

function kind<const TType extends string, TEntries extends v.ObjectEntries>(type: TType, entries: TEntries) {
  return v.pipe(
    v.strictObject({ name, type: v.pipe(v.literal(type), v.description('The kind.')), ...entries }),
    v.description(`Writes to ${type}.`),
    v.metadata({ examples: [`# ${type}\nname: a\n`] }),
  );
}

const outputs = v.array(
  v.variant('type', [kind('file', { gzip: v.optional(flag('A flag.'), false) }), kind('log', {})]),
);

describe('the reference of kinds', () => {
  test('has a row for each number, flag, map and free value', () => {
    const kinds = v.strictObject({
      burst: v.optional(integer('A number.', { minimum: 1 }), 5),
      labels: v.exactOptional(map(string('A label.'), 'Labels.', { unset: 'none' })),
      pools: v.exactOptional(map(v.strictObject({ gzip: flag('A flag.') }), 'Pools.')),
      layout: data('A layout.'),
    });
    expect(rowsOf(configMarkdown(kinds))).toEqual([
      '| `burst` | a whole number from 1 | `5` | `TIDINGS_BURST` | A number. |',
      '| `labels` | a mapping; each: a text | none |  | Labels. |',
      '| `pools` | a mapping; each: a mapping |  |  | Pools. |',
      '| `pools.*.gzip` | true or false | required |  | A flag. |',
      '| `layout` | any value | required |  | A layout. |',
    ]);
    expect(configJsonSchema(kinds)['properties']).toEqual({
      burst: {
        description: 'A number.',
        default: 5,
        anyOf: [
          { type: 'integer', minimum: 1 },
          { type: 'string', pattern: '\\$\\{' },
        ],
      },
      labels: {
        description: 'Labels.',
        type: 'object',
        additionalProperties: { description: 'A label.', type: 'string' },
      },
      pools: {
        description: 'Pools.',
        type: 'object',
        additionalProperties: {
          type: 'object',
          properties: {
            gzip: { description: 'A flag.', anyOf: [{ type: 'boolean' }, { type: 'string', pattern: '\\$\\{' }] },
          },
          required: ['gzip'],
          additionalProperties: false,
        },
      },
      layout: { description: 'A layout.' },
    });
  });

  test('has a section for each kind, with what only that kind has', () => {
    expect(configMarkdown(v.strictObject({ outputs }))).toBe(
      [
        '| Setting | Value | Default | Environment | Description |',
        '| --- | --- | --- | --- | --- |',
        '| `outputs` | a list; each: a mapping | required |  |  |',
        '| `outputs[].type` | [`file`](#outputs-file), [`log`](#outputs-log) | required |  | The kind. |',
        '| `outputs[].name` | a text | required |  | A name. |',
        '',
        '## outputs: file',
        '',
        'Writes to file.',
        '',
        '```yaml',
        '# file',
        'name: a',
        '```',
        '',
        '| Setting | Value | Default | Environment | Description |',
        '| --- | --- | --- | --- | --- |',
        '| `outputs[].gzip` | true or false | `false` |  | A flag. |',
        '',
        '## outputs: log',
        '',
        'Writes to log.',
        '',
        '```yaml',
        '# log',
        'name: a',
        '```',
        '',
      ].join('\n'),
    );
  });

  test('lets an editor judge by the kind', () => {
    const item = (type: string, own: object) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
      then: {
        type: 'object',
        properties: {
          name: { description: 'A name.', type: 'string' },
          type: { const: type, description: `Writes to ${type}.` },
          ...own,
        },
        required: ['name', 'type'],
        additionalProperties: false,
      },
    });
    const gzip = {
      description: 'A flag.',
      default: false,
      anyOf: [{ type: 'boolean' }, { type: 'string', pattern: '\\$\\{' }],
    };
    expect(configJsonSchema(v.strictObject({ outputs }))['properties']).toEqual({
      outputs: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            type: {
              description: 'The kind.',
              type: 'string',
              anyOf: [{ enum: ['file', 'log'] }, { pattern: '\\$\\{' }],
            },
          },
          required: ['type'],
          allOf: [item('file', { gzip }), item('log', {})],
        },
      },
    });
  });

  test('describes once what lies within itself', () => {
    const tree = v.strictObject({ branches: v.exactOptional(v.array(branch)) });
    expect(rowsOf(configMarkdown(tree))).toEqual([
      '| `branches` | a list; each: a mapping |  |  |  |',
      '| `branches[].name` | a text | required |  | A name. |',
      '| `branches[].branches` | a list; each: a mapping, as `branches[]` | none |  | More of the same. |',
    ]);
    expect(configJsonSchema(tree)).toMatchObject({
      properties: { branches: { type: 'array', items: { $ref: '#/$defs/branches' } } },
      $defs: {
        branches: {
          properties: {
            name: { type: 'string' },
            branches: { description: 'More of the same.', type: 'array', items: { $ref: '#/$defs/branches' } },
          },
        },
      },
    });
  });

  test('refuses kinds that cannot be told apart', () => {
    const twice = v.strictObject({ outputs: v.array(v.variant('type', [kind('a', {}), kind('a', {})])) });
    expect(() => configMarkdown(twice)).toThrow('each with a literal of its own at type');
  });
});

function rowsOf(markdown: string): string[] {
  return markdown.trimEnd().split('\n').slice(2);
}

test('refuses a schema that is not made of the kit', () => {
  expect(() => configMarkdown(v.strictObject({ count: v.number() }))).toThrow(
    'schema number is not one of the field kit',
  );
});
