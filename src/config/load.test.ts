import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALL_KEYS, load, problemsOf, schema, WANT_ADDRESS, WORDS } from '../../test/helpers/sample-config.ts';
import { loadConfig } from './load.ts';

describe('loadConfig', () => {
  test('fills in defaults, and takes an empty file and an empty value for absent ones', async () => {
    const defaults = { targets: [], keep: { maxAge: 90 * 86_400_000 }, listen: { host: '127.0.0.1', port: 7780 } };
    expect(await load('')).toEqual(defaults);
    expect(await load('# nothing yet\n')).toEqual(defaults);
    expect(await load('targets:\n#  - name: a\nkeep:\ndata: ~\n')).toEqual(defaults);
    expect((await loadConfig({ schema, env: {} })).config).toEqual(defaults);
  });

  test('loads every kind of field', async () => {
    const yaml = `
targets: [{ name: a, token: t, tags: [x, y] }]
data: /var/lib/tidings
keep: { maxAge: 1h30m }
size: 10GiB
listen: ':80'
server: https://example.org:6443
level: warn
auth: { password: p }
`;
    expect(await load(yaml)).toEqual({
      targets: [{ name: 'a', token: 't', tags: ['x', 'y'] }],
      data: '/var/lib/tidings',
      keep: { maxAge: 5_400_000 },
      size: 10 * 1024 ** 3,
      listen: { port: 80 },
      server: 'https://example.org:6443',
      level: 'warn',
      auth: { password: 'p' },
    });
  });

  test('resolves an alias, also where it stands twice', async () => {
    expect((await load('targets: [&a { name: a }, *a]')).targets).toEqual([{ name: 'a' }, { name: 'a' }]);
  });

  test.each<[problem: string, yaml: string, messages: string[]]>([
    [
      'a misspelt key',
      'targets:\n  - name: a\n    tokn: x',
      ['3:5: targets[0].tokn: unknown key, did you mean "token"?'],
    ],
    ['an unknown key', 'sinks: []', [`1:1: sinks: unknown key, want one of ${ALL_KEYS}`]],
    [
      'several unknown keys',
      'a1: 1\nb2: 2',
      [`1:1: a1: unknown key, want one of ${ALL_KEYS}`, `2:1: b2: unknown key, want one of ${ALL_KEYS}`],
    ],
    ['a key of every object', '__proto__: 1', [`1:1: __proto__: unknown key, want one of ${ALL_KEYS}`]],
    [
      'a missing space',
      'keep: {maxAge:1d}',
      ['1:8: keep.maxAge…: a key without a value, want a space after the colon'],
    ],
    ['a missing colon', 'keep: { a, maxAge: 1d }', ['1:9: keep: a text where a key is wanted, as in "key: value"']],
    ['a missing key', 'targets:\n  - token: x', ['2:5: targets[0].name: missing, want a name of small letters']],
    [
      'a bad duration',
      'keep:\n  maxAge: ninety days',
      ['2:11: keep.maxAge: found "ninety days", want a duration such as 90d or 12h'],
    ],
    ['a bad size', 'size: 10 gigs', ['1:7: size: found "10 gigs", want a size such as 10GiB or 500MB']],
    ['a port alone', 'listen: 7780', [`1:9: listen: found the number 7780, ${WANT_ADDRESS}`]],
    ['a port out of range', 'listen: host:65536', [`1:9: listen: found "host:65536", ${WANT_ADDRESS}`]],
    ['a bad URL', 'server: //u:hunter2@h', ['1:9: server: found "//…@h", want a URL such as http://127.0.0.1:8001']],
    ['a bad word', 'level: wran', ['1:8: level: found "wran", want debug, info or warn; did you mean "warn"?']],
    ['an empty path', "data: ''", ['1:7: data: found "", want a path']],
    ['a text for a mapping', 'keep: 90d', ['1:7: keep: found "90d", want a mapping']],
    ['a list for a mapping', 'keep: []', ['1:7: keep: found a list, want a mapping']],
    ['a text for a list', 'targets: [{ name: a, tags: b }]', ['1:28: targets[0].tags: found "b", want a list']],
    ['a mapping for a text', 'level: { a: b }', ['1:8: level: found a mapping, want debug, info or warn']],
    ['a boolean for a text', 'level: true', ['1:8: level: found the boolean true, want debug, info or warn']],
    [
      'an empty list item',
      'targets:\n  - name: a\n    tags: [x, ~]',
      ['3:15: targets[0].tags[1]: found nothing, want a tag'],
    ],
    [
      'a rule broken',
      'targets: [{ name: a }, { name: b }, { name: c }]',
      ['1:1: targets: found more than two targets, want two at most'],
    ],
    ['a long value', `level: ${'x'.repeat(100)}`, [`1:8: level: found "${'x'.repeat(60)}…", want debug, info or warn`]],
    ['a list at the root', '- a', ['1:1: found a list, want a mapping of settings']],
    ['a text at the root', 'hello', ['1:1: found a text, want a mapping of settings']],
    ['a key given twice', 'level: info\nsize: 1B\nlevel: warn', ['3:1: level: given twice, first in line 1']],
    ['a second document', 'level: info\n---\nlevel: warn', ['2:1: not valid YAML: a second document starts, want one']],
    ['a quote not closed', "level: 'info", ["1:13: not valid YAML: missing closing 'quote"]],
    [
      'an unknown tag',
      'data: !!binary aGk=',
      ['1:7: not valid YAML: unknown tag, want text that starts with "!" in quotes'],
    ],
    ['a key that is a list', '? [a]\n: b', ['1:3: not valid YAML: a key that is not a text']],
    ['an alias to nowhere', 'data: *a', ['1:7: data: alias without an anchor, want text after "*" in quotes']],
    ['an alias to itself', 'targets: &a [*a]', ['1:14: targets[0]: alias that contains itself']],
    [
      'a variable not set',
      'data: /x/${NOPE}/y',
      ['1:7: data: environment variable NOPE is not set, want a value or ${NOPE:-default}'],
    ],
    [
      'a variable without a name',
      'data: ${a-b}',
      ['1:7: data: found "${" without a name, want ${NAME}, ${NAME:-default} or $${ for "${" itself'],
    ],
    [
      'a secret file that is missing',
      'auth:\n  password: file:/no/such',
      ['2:13: auth.password: file /no/such cannot be read: no such file'],
    ],
    [
      'a secret file that is a directory',
      'auth: { password: "file:/" }',
      ['1:19: auth.password: file / cannot be read: it is a directory'],
    ],
  ])('names %s', async (_problem, yaml, messages) => {
    expect(await problemsOf(() => load(yaml))).toEqual(messages.map((message) => `config.yaml:${message}`));
  });

  test('lists every problem of file, environment and flags in one run, the file first and in its order', async () => {
    const yaml = 'level: x\nkeep: { maxAge: y }\ndata: ${A}${B}\nfoo: 1\nbar: !x 2\n';
    const env = { TIDINGS_SIZE: 'many', TIDINGS_SERVER: 'ftp://x' };
    const overrides = [{ flag: '--listen', path: ['listen'], value: 'nowhere' }];
    expect((await problemsOf(() => load(yaml, { env, overrides }))).map((line) => line.slice(0, 26))).toEqual([
      'config.yaml:1:8: level: fo',
      'config.yaml:2:17: keep.max',
      'config.yaml:3:7: data: env',
      'config.yaml:3:7: data: env',
      'config.yaml:4:1: foo: unkn',
      'config.yaml:5:1: bar: unkn',
      'config.yaml:5:6: not valid',
      'TIDINGS_SIZE: found "many"',
      'TIDINGS_SERVER: found "ftp',
      `--listen: found "nowhere",`,
    ]);
  });

  test('does not judge what may have been misread, nor shows what may hold the rest of the file', async () => {
    expect(await problemsOf(() => load("level: 'info\nauth:\n  password: hunter2"))).toEqual([
      'config.yaml:1:8: level: found a text, want debug, info or warn',
      "config.yaml:3:20: not valid YAML: missing closing 'quote",
    ]);
    expect(await problemsOf(() => load('level: x\nkeep:\n\tmaxAge: x\nsize: x'))).toEqual([
      'config.yaml:1:8: level: found a text, want debug, info or warn',
      'config.yaml:3:1: not valid YAML: tabs are not allowed as indentation',
    ]);
  });

  test('refuses aliases that grow without bound', async () => {
    const levels = Array.from({ length: 9 }, (_, i) => `b${i + 1}: &b${i + 1} [${`*b${i},`.repeat(9)}]`);
    const problems = await problemsOf(() => load(['b0: &b0 [x]', ...levels].join('\n')));
    expect(problems.filter((line) => line.includes('more than 100000 values'))).toHaveLength(1);
  });

  test('refuses what is nested too deeply', async () => {
    expect((await problemsOf(() => load('['.repeat(50_000))))[0]).toMatch(/^config\.yaml:1:\d+: .*(deep|YAML)/);
    const deep = `targets: ${'['.repeat(200)}${']'.repeat(200)}`;
    expect((await problemsOf(() => load(deep))).join('\n')).toContain('nested more than 64 deep');
  });

  test('either loads any text or lists problems that each have a place', async () => {
    const word = fc.constantFrom(...WORDS);
    const yaml = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
    );
    await fc.assert(
      fc.asyncProperty(yaml, async (source) => {
        for (const line of await problemsOf(() => load(source))) {
          expect(line).toMatch(/^config\.yaml:[1-9]\d*:[1-9]\d*: [^\n]/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
