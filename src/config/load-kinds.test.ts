import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { AppError } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
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
} from './fields.ts';
import { type LoadOptions, loadConfig } from './load.ts';

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

const schema = v.strictObject({
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

type Options = Partial<LoadOptions<typeof schema>>;

function load(yaml: string, options: Options = {}) {
  return loadConfig({ schema, file: 'c.yaml', text: yaml, env: {}, ...options });
}

async function problemsOf(yaml: string, options?: Options): Promise<string[]> {
  try {
    await load(yaml, options);
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    return error.message.split('\n');
  }
}

type Case = [written: string, message: string];

function refuses(cases: readonly Case[]): void {
  test.each(cases)('refuses %s', async (yaml, message) => {
    expect(await problemsOf(yaml)).toEqual([`c.yaml:${message}`]);
  });
}

describe('an integer', () => {
  test('is a number in the file, and a text where it comes from a variable or a flag', async () => {
    expect((await load('burst: 5')).burst).toBe(5);
    expect((await load('burst: ${N}', { env: { N: '6' } })).burst).toBe(6);
    expect((await load('burst: "1${N}"', { env: { N: '0' } })).burst).toBe(10);
    expect((await load('pool: {}', { env: { TIDINGS_POOL_MAX_IDLE: '-3' } })).pool?.maxIdle).toBe(-3);
    expect((await load('', { overrides: [{ flag: '--burst', path: ['burst'], value: '7' }] })).burst).toBe(7);
  });

  refuses([
    ['burst: "5"', '1:8: burst: found "5", want a whole number from 1 to 10'],
    ['burst: 11', '1:8: burst: found the number 11, want a whole number from 1 to 10'],
    ['burst: 1.5', '1:8: burst: found the number 1.5, want a whole number from 1 to 10'],
    ['burst: [1]', '1:8: burst: found a list, want a whole number from 1 to 10'],
    ['pool: { maxIdle: .inf }', '1:18: pool.maxIdle: found the number Infinity, want a whole number from -5'],
  ]);

  test('does not show what a variable of another name holds', async () => {
    const env = { N: '4711', S: 'hunter2' };
    expect(await problemsOf('burst: ${N}', { env })).toEqual([
      'c.yaml:1:8: burst: found "${N}" once filled in, want a whole number from 1 to 10',
    ]);
    expect(await problemsOf('burst: ${S}', { env })).toEqual([
      'c.yaml:1:8: burst: found "${S}" once filled in, want a whole number from 1 to 10',
    ]);
  });

  test('names the variable that sets it to something else', async () => {
    expect(await problemsOf('', { env: { TIDINGS_BURST: '5x' } })).toEqual([
      'TIDINGS_BURST: found "5x", want a whole number from 1 to 10',
    ]);
    expect(await problemsOf('', { env: { TIDINGS_BURST: '50' } })).toEqual([
      'TIDINGS_BURST: found the number 50, want a whole number from 1 to 10',
    ]);
  });
});

describe('a flag', () => {
  test('is true or false, as a text only where it comes from a variable', async () => {
    expect((await load('gzip: false')).gzip).toBe(false);
    expect((await load('gzip: ${ON}', { env: { ON: 'true' } })).gzip).toBe(true);
    expect((await load('', { env: { TIDINGS_GZIP: 'false' } })).gzip).toBe(false);
    expect(await problemsOf('', { env: { TIDINGS_GZIP: 'yes' } })).toEqual([
      'TIDINGS_GZIP: found "yes", want true or false',
    ]);
  });

  refuses([
    ['gzip: yes', '1:7: gzip: found "yes", want true or false'],
    ['gzip: "true"', '1:7: gzip: found "true", want true or false'],
    ['gzip: 1', '1:7: gzip: found the number 1, want true or false'],
  ]);
});

describe('a text', () => {
  refuses([
    ['word: 5', '1:7: word: found the number 5, want a text, in quotes'],
    ['word: a b', '1:7: word: found "a b", want no space in it'],
    ['odd: two', '1:6: odd: two is even'],
    ['odd: three', '1:6: odd: found "three", want one'],
  ]);
});

describe('a duration and a size', () => {
  test('are what they are elsewhere', async () => {
    expect(await load('age: 1m\nsize: 1KiB')).toEqual({ age: 60_000, size: 1024 });
  });
});

describe('a map', () => {
  test('has keys of the operator, and values that are settled as any other', async () => {
    const dir = temporaryDirectory();
    writeFileSync(join(dir, 'token'), 'hunter2\n');
    const yaml = `
labels: { team: "\${TEAM}", example.com/x: y, empty: }
headers: { Authorization: "file:${join(dir, 'token')}" }
files: { a: here }
pools: { big: { size: "\${N}" } }
`;
    expect(await load(yaml, { env: { TEAM: 'shop', N: '3' } })).toEqual({
      labels: { team: 'shop', 'example.com/x': 'y' },
      headers: { Authorization: 'hunter2' },
      files: { a: resolve('here') },
      pools: { big: { size: 3 } },
    });
  });

  refuses([
    ['labels: { team: 5 }', '1:17: labels.team: found the number 5, want a text, in quotes'],
    ['labels: { example.com/team: [] }', '1:29: labels.example.com/team: found a list, want a text'],
    ['labels: [a]', '1:9: labels: found a list, want a mapping'],
    ['labels: a', '1:9: labels: found "a", want a mapping'],
    ['labels: {team:shop}', '1:10: labels.team…: a key without a value, want a space after the colon'],
    ['labels: { constructor: x }', '1:11: labels.constructor: a key that is reserved, want another'],
    ['labels: { __proto__: x }', '1:11: labels.__proto__: a key that is reserved, want another'],
    [
      'labels: { a: "${NOPE}" }',
      '1:14: labels.a: environment variable NOPE is not set, want a value or ${NOPE:-default}',
    ],
    ['pools: { a: { sise: 1, size: 1 } }', '1:15: pools.a.sise: unknown key, did you mean "size"?'],
    ['pools: { a: { size: 0 } }', '1:21: pools.a.size: found the number 0, want a whole number from 1'],
    ['pools: { a: {} }', '1:13: pools.a.size: missing, want a whole number from 1'],
    ['headers: { A: [hunter2] }', '1:15: headers.A: found a list, want a text or file:PATH'],
    ['headers: hunter2', '1:10: headers: found (secret), want a mapping'],
    ['headers: { A: 4711 }', '1:15: headers.A: found (secret), want a text or file:PATH, in quotes'],
    ['headers: { A: file:/no/such }', '1:15: headers.A: file /no/such cannot be read: no such file'],
  ]);

  test('is not set by a variable', async () => {
    expect((await load('labels: { a: b }', { env: { TIDINGS_LABELS: 'x', TIDINGS_LABELS_A: 'x' } })).labels).toEqual({
      a: 'b',
    });
  });
});

describe('data', () => {
  test('is taken as it is, with variables filled in', async () => {
    const yaml = 'layout: { a: [1, true, ~, { b: "x${V}" }], constructor: "$${V}" }';
    expect((await load(yaml, { env: { V: '5' } })).layout).toEqual({
      a: [1, true, null, { b: 'x5' }],
      constructor: '${V}',
    });
    expect((await load('layout: "${V}"', { env: { V: '5' } })).layout).toBe('5');
    expect((await load('layout: [file:x]')).layout).toEqual(['file:x']);
    expect((await load('layout: 0')).layout).toBe(0);
  });

  test('names the place of a variable that is not set', async () => {
    expect(await problemsOf('layout:\n  a: [x, "${NOPE}"]')).toEqual([
      'c.yaml:2:10: layout.a[1]: environment variable NOPE is not set, want a value or ${NOPE:-default}',
    ]);
  });
});

describe('a filter', () => {
  test('is compiled', async () => {
    const { match } = await load('match: cluster == "${C}"', { env: { C: 'prod' } });
    const record = { cluster: 'prod', body: { metadata: { name: 'x' } } } as EventRecord;
    expect(match?.matches(record, { occurrences: 1 })).toBe(true);
    expect(match?.matches({ ...record, cluster: 'test' }, { occurrences: 1 })).toBe(false);
  });

  test('does not match where it fails', async () => {
    const { match } = await load('match: event.metadata.labels["a"] == "b"');
    expect(match?.matches({ body: { metadata: {} } } as EventRecord, { occurrences: 1 })).toBe(false);
  });

  refuses([
    ['match: event.reasn == "x"', '1:8: match: filter:1:7: unknown field reasn of Event, did you mean "reason"?'],
    ['burst: 1\nmatch: |\n  cluster == "x" &&\n  true ==', '2:8: match: filter:3:1: found the end, want a value'],
    ['match: true', '1:8: match: found the boolean true, want a filter such as event.type == "Warning", in quotes'],
  ]);

  test('does not quote what a variable holds, nor what may be the rest of the file', async () => {
    expect(await problemsOf('match: ${V}', { env: { V: 'hunter2 == 1' } })).toEqual([
      'c.yaml:1:8: match: found "${V}" once filled in, want a filter such as event.type == "Warning"',
    ]);
    expect((await problemsOf("match: 'x ==\nheaders: { A: hunter2 }")).join('\n')).not.toContain('hunter2');
  });
});

describe('a regular expression', () => {
  test('is compiled', async () => {
    expect((await load('pattern: "^a+$"')).pattern?.test('aa')).toBe(true);
  });

  refuses([['pattern: "a(b"', '1:10: pattern: regular expression:1:4: found the end, want )']]);
});

describe('a variant', () => {
  test('is loaded by its kind, which a variable may name', async () => {
    const yaml = `
outputs:
  - { name: a, type: slack, channel: "#x", ca: ca.pem }
  - { type: "\${KIND}", name: b, limits: { low: 1, high: 2 } }
`;
    expect((await load(yaml, { env: { KIND: 'stdout' } })).outputs).toEqual([
      { name: 'a', type: 'slack', channel: '#x', retries: 3, ca: resolve('ca.pem') },
      { type: 'stdout', name: 'b', limits: { low: 1, high: 2 } },
    ]);
  });

  refuses([
    [
      'outputs: [{ type: slak, chanel: x }]',
      '1:19: outputs[0].type: found "slak", want slack or stdout; did you mean "slack"?',
    ],
    ['outputs: [{ type: kafka }]', '1:19: outputs[0].type: found "kafka", want slack or stdout'],
    ['outputs: [{ name: a }]', '1:11: outputs[0].type: missing, want slack or stdout'],
    ['outputs: [{ type: , name: a }]', '1:19: outputs[0].type: missing, want slack or stdout'],
    ['outputs: [{ type: 5 }]', '1:19: outputs[0].type: found the number 5, want slack or stdout'],
    [
      'outputs: [{ type: stdout, name: a }, { type: slack, name: a, channel: x, chanel: y }]',
      '1:74: outputs[1].chanel: unknown key, did you mean "channel"?',
    ],
    [
      'outputs: [{ type: stdout, name: a, channel: x }]',
      '1:36: outputs[0].channel: unknown key, want one of type, name, limits',
    ],
    ['outputs: [{ type: slack, name: a }]', '1:11: outputs[0].channel: missing, want a text'],
    [
      'outputs: [{ type: slack, name: a, channel: x, retries: 10 }]',
      '1:56: outputs[0].retries: found the number 10, want a whole number from 0 to 9',
    ],
    ['outputs: [{ type: slack, name: a, channel: private }]', '1:11: outputs[0]: a private channel wants a token'],
    [
      'outputs: [{ type: stdout, name: a, limits: { low: 2, high: 1 } }]',
      '1:36: outputs[0].limits: low is above high, want it below',
    ],
    [
      'outputs: [{ type: "${NOPE}" }]',
      '1:19: outputs[0].type: environment variable NOPE is not set, want a value or ${NOPE:-default}',
    ],
    ['outputs: [{ type: { a: b } }]', '1:19: outputs[0].type: found a mapping, want slack or stdout'],
    ['outputs: [[slack]]', '1:11: outputs[0]: found a list, want a mapping'],
    ['outputs: [slack]', '1:11: outputs[0]: found (secret), want a mapping'],
    [
      'outputs: [{ type: slack, name: a, channel: x, token: 4711 }]',
      '1:54: outputs[0].token: found (secret), want a text or file:PATH, in quotes',
    ],
  ]);

  test('lists what is wrong with several', async () => {
    expect(await problemsOf('outputs:\n- { type: slak }\n- { type: slack, nam: x }\n- { name: b }')).toEqual([
      'c.yaml:2:11: outputs[0].type: found "slak", want slack or stdout; did you mean "slack"?',
      'c.yaml:3:3: outputs[1].name: missing, want a text',
      'c.yaml:3:3: outputs[1].channel: missing, want a text',
      'c.yaml:3:18: outputs[1].nam: unknown key, did you mean "name"?',
      'c.yaml:4:3: outputs[2].type: missing, want slack or stdout',
    ]);
  });
});

describe('a schema within itself', () => {
  test('is loaded to any depth', async () => {
    const yaml = 'branches: [{ name: a, branches: [{ name: b, branches: [{ name: "${C}" }] }] }]';
    expect((await load(yaml, { env: { C: 'c' } })).branches).toEqual([
      { name: 'a', branches: [{ name: 'b', branches: [{ name: 'c' }] }] },
    ]);
  });

  refuses([
    [
      'branches: [{ name: a, branches: [{ name: b, branchs: [] }] }]',
      '1:45: branches[0].branches[0].branchs: unknown key, did you mean "branches"?',
    ],
    ['branches: [{ name: a, branches: [{}] }]', '1:34: branches[0].branches[0].name: missing, want a text'],
    ['branches: [{ name: a, branches: [b] }]', '1:34: branches[0].branches[0]: found (secret), want a mapping'],
  ]);

  test('is refused when the file is deeper than files are', async () => {
    const deep = `branches: ${'[{ name: a, branches: '.repeat(100)}[]${'}]'.repeat(100)}`;
    expect((await problemsOf(deep)).join('\n')).toContain('nested more than 64 deep');
  });
});

describe('what checks a value', () => {
  const loaded: string[] = [];
  const prepare = async (): Promise<void> => void loaded.push('dictionary');
  const isKnown = (word: string): string | undefined => (loaded.length > 0 ? word : undefined);
  const lazy = v.strictObject({
    words: v.optional(v.array(parsed(isKnown, 'A word.', { wanted: 'a word', prepare })), []),
    tree: v.exactOptional(data('Words.', { prepare })),
  });

  test.each([
    ['words: []', 0],
    ['words: [a, b]', 1],
    ['tree: { a: [b] }', 1],
  ])('is loaded before, where there is a value: %s', async (text, times) => {
    loaded.length = 0;
    await loadConfig({ schema: lazy, text, env: {} });
    expect(loaded).toHaveLength(times);
  });
});

describe('loadConfig', () => {
  const words = [
    ...Object.keys(schema.entries),
    ...'type name slack stdout token low a 1 true ~ ${A} ${B} [ ] { }'.split(' '),
    ...': |, |- |\n|\n  |"|&x |*x'.split('|'),
    "'",
  ];

  test('either loads any text with every kind in it or lists problems that each have a place', async () => {
    const yaml = fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(yaml, async (source) => {
        for (const line of await problemsOf(source, { env: { A: '5' } })) {
          expect(line).toMatch(/^c\.yaml:[1-9]\d*:[1-9]\d*: [^\n]/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('judges any data in the place of any setting', async () => {
    const value = fc.json({ maxDepth: 3 });
    const place = fc.constantFrom<(json: string) => string>(
      ...Object.keys(schema.entries).map((key) => (json: string) => `"${key}": ${json}`),
      (json) => `outputs: [${json}]`,
      (json) => `outputs: [{ type: ${json} }]`,
      (json) => `outputs: [{ type: slack, "channel": ${json} }]`,
      (json) => `outputs: [{ type: stdout, "limits": ${json} }]`,
      (json) => `branches: [${json}]`,
      (json) => `labels: { a: ${json} }`,
    );
    await fc.assert(
      fc.asyncProperty(place, value, async (at, json) => {
        for (const line of await problemsOf(`{ ${at(json)} }`)) {
          expect(line).toMatch(/^c\.yaml:[1-9]\d*:[1-9]\d*: [^\n]/);
          expect(line).not.toContain('Invalid ');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('does not show a secret when a slip damages the text around it', async () => {
    const sound = `burst: 5
headers:
  Authorization: hunter2
  Cookie: "hunter2"
outputs:
  - type: slack
    name: a
    channel: "#x"
    token: hunter2
branches: [{ name: a, branches: [{ name: b, token: hunter2 }] }]
match: event.type == "Warning"
`;
    const indices = Array.from({ length: sound.length }, (_, index) => index);
    const places = indices.filter((index) => !around(index).includes('hunter2'));
    const slip = fc.record({ at: fc.constantFrom(...places), text: fc.constantFrom(...words), drop: fc.nat(1) });
    await fc.assert(
      fc.asyncProperty(slip, async ({ at, text, drop }) => {
        const next = places.includes(at + drop) ? at + drop : at;
        expect((await problemsOf(sound.slice(0, at) + text + sound.slice(next))).join('\n')).not.toContain('hunter2');
      }),
      { numRuns: 1000 },
    );

    /** The secret, where an index lies inside it. */
    function around(index: number): string {
      return sound.slice(Math.max(0, index - 6), index + 6);
    }
  });
});
