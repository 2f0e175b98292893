import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { AppError } from '../core/errors.ts';
import { bytes, choice, duration, listenAddress, path, secret, text, url } from './fields.ts';
import { type LoadOptions, loadConfig, loadWithData } from './load.ts';

const schema = v.strictObject({
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

type Options = Partial<LoadOptions<typeof schema>>;

function load(yaml: string, options: Options = {}) {
  return loadConfig({ schema, file: 'config.yaml', text: yaml, env: {}, ...options });
}

async function problemsOf(action: () => Promise<unknown>): Promise<string[]> {
  try {
    await action();
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    return error.message.split('\n');
  }
}

const WORDS =
  'targets name keep maxAge level auth password : - [ ] { } , *a &a !x " \' | > # ? << --- ... % @ ` ${ ${A} ~ 1 x'
    .split(' ')
    .flatMap((word) => [word, `${word} `])
    .concat(' ', '  ', '\n', '\n  ', '\t');

const WANT_ADDRESS = 'want an address such as 127.0.0.1:7780, [::1]:7780 or :7780';
const ALL_KEYS = 'targets, data, keep, size, listen, server, level, auth';

describe('loadConfig', () => {
  test('fills in defaults, and takes an empty file and an empty value for absent ones', async () => {
    const defaults = { targets: [], keep: { maxAge: 90 * 86_400_000 }, listen: { host: '127.0.0.1', port: 7780 } };
    expect(await load('')).toEqual(defaults);
    expect(await load('# nothing yet\n')).toEqual(defaults);
    expect(await load('targets:\n#  - name: a\nkeep:\ndata: ~\n')).toEqual(defaults);
    expect(await loadConfig({ schema, env: {} })).toEqual(defaults);
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

describe('loadConfig reads', () => {
  test('the file of the flag, else that of TIDINGS_CONFIG', async () => {
    const dir = temporaryDirectory();
    writeFileSync(join(dir, 'a.yaml'), 'level: info');
    writeFileSync(join(dir, 'b.yaml'), 'level: warn');
    const env = { TIDINGS_CONFIG: join(dir, 'b.yaml') };
    expect((await loadConfig({ schema, env, file: join(dir, 'a.yaml') })).level).toBe('info');
    expect((await loadConfig({ schema, env })).level).toBe('warn');
    expect((await loadConfig({ schema, env: { TIDINGS_CONFIG: '' } })).level).toBeUndefined();
  });

  test('no file that cannot be read, and lists what else is wrong', async () => {
    const dir = temporaryDirectory();
    const missing = join(dir, 'missing.yaml');
    const env = { TIDINGS_SIZE: 'many' };
    const size = 'TIDINGS_SIZE: found "many", want a size such as 10GiB or 500MB';
    expect(await problemsOf(() => loadConfig({ schema, env, file: missing }))).toEqual([
      `${missing}: cannot be read: no such file`,
      size,
    ]);
    expect(await problemsOf(() => loadConfig({ schema, env: { ...env, TIDINGS_CONFIG: dir } }))).toEqual([
      `TIDINGS_CONFIG: ${dir}: cannot be read: it is a directory`,
      size,
    ]);
  });

  test.runIf(process.getuid?.() !== 0)('no file without permission', async () => {
    const file = join(temporaryDirectory(), 'closed.yaml');
    writeFileSync(file, '');
    chmodSync(file, 0);
    expect(await problemsOf(() => loadConfig({ schema, env: {}, file }))).toEqual([
      `${file}: cannot be read: permission denied`,
    ]);
  });

  test('relative paths from the directory of the file, those of environment and flags from the current one', async () => {
    const dir = temporaryDirectory();
    const file = join(dir, 'config.yaml');
    mkdirSync(join(dir, 'secrets'));
    writeFileSync(join(dir, 'secrets', 'password'), ' hunter2 \n');
    writeFileSync(file, 'data: store\nauth: { password: "file:secrets/password" }');
    expect(await loadConfig({ schema, env: {}, file })).toMatchObject({
      data: join(dir, 'store'),
      auth: { password: ' hunter2 ' },
    });
    expect((await loadConfig({ schema, env: { TIDINGS_DATA: 'here' }, file })).data).toBe(join(process.cwd(), 'here'));
  });
});

describe('variables', () => {
  test.each([
    ['${A}', 'one'],
    ['x${A}-${B}y', 'xone-two y'],
    ['${NONE:-other}', 'other'],
    ['${EMPTY:-other}', 'other'],
    ['${A:-other}', 'one'],
    ['a${EMPTY}b', 'ab'],
    ['${NONE:-}z', 'z'],
    ['$${A}', '${A}'],
    ['$A $ $$ {A}', '$A $ $$ {A}'],
    ['${C}', '${A}'],
  ])('%s becomes %s', async (written, value) => {
    const env = { A: 'one', B: 'two ', C: '${A}', EMPTY: '' };
    expect((await load(`targets: [{ name: a, tags: ['${written}'] }]`, { env })).targets[0]?.tags).toEqual([value]);
  });

  test('are filled in before a value is checked, in secrets and nested values too', async () => {
    const env = { AGE: '12h', TOKEN: 'hunter2' };
    expect(await load('keep: { maxAge: "${AGE}" }\ntargets: [{ name: a, token: "${TOKEN}" }]', { env })).toMatchObject({
      keep: { maxAge: 43_200_000 },
      targets: [{ name: 'a', token: 'hunter2' }],
    });
  });

  test('are left alone in what the environment and flags say', async () => {
    const overrides = [{ flag: '--password', path: ['auth', 'password'], value: 'a${A}' }];
    expect((await load('', { overrides })).auth).toEqual({ password: 'a${A}' });
    expect((await load('', { env: { TIDINGS_AUTH_PASSWORD: 'b${A}' } })).auth).toEqual({ password: 'b${A}' });
  });
});

describe('precedence', () => {
  const flag = (value: unknown) => [{ flag: '--max-age', path: ['keep', 'maxAge'], value }];

  test.each<[string, string, Options, number]>([
    ['the default', '', {}, 90 * 24],
    ['the file before the default', 'keep: { maxAge: 4h }', {}, 4],
    ['the environment before the file', 'keep: { maxAge: 4h }', { env: { TIDINGS_KEEP_MAX_AGE: '3h' } }, 3],
    ['flags first', 'keep: { maxAge: 4h }', { env: { TIDINGS_KEEP_MAX_AGE: '3h' }, overrides: flag('2h') }, 2],
    ['a flag alone', '', { overrides: flag('2h') }, 2],
    ['no flag that was not given', 'keep: { maxAge: 4h }', { overrides: flag(undefined) }, 4],
    ['no empty variable', 'keep: { maxAge: 4h }', { env: { TIDINGS_KEEP_MAX_AGE: '' } }, 4],
    ['no unknown variable', 'keep: { maxAge: 4h }', { env: { TIDINGS_PORT: 'tcp://10.0.0.1:80' } }, 4],
  ])('takes %s', async (_rule, yaml, options, hours) => {
    expect((await load(yaml, options)).keep.maxAge).toBe(hours * 3_600_000);
  });

  test('keeps what a flag does not name', async () => {
    expect(await load('auth: { password: p }\nlevel: info', { env: { TIDINGS_LEVEL: 'warn' } })).toMatchObject({
      auth: { password: 'p' },
      level: 'warn',
    });
  });

  const target = [
    { flag: '--name', path: ['targets', 0, 'name'], value: 'a' },
    { flag: '--tag', path: ['targets', 0, 'tags'], value: ['x', 'y'] },
  ];

  test('builds a list item of flags', async () => {
    expect((await load('', { overrides: target })).targets).toEqual([{ name: 'a', tags: ['x', 'y'] }]);
    const overrides = [{ flag: '--name', path: ['targets', 0, 'name'], value: 'A' }];
    expect(await problemsOf(() => load('', { overrides }))).toEqual([
      '--name: found "A", want a name of small letters',
    ]);
  });

  test('does not guess when file and flags describe the same list', async () => {
    expect(await problemsOf(() => load('level: info\ntargets: [{ name: b }]', { overrides: target }))).toEqual([
      '--name: targets is set in config.yaml:2:1 as well, want one of the two',
      '--tag: targets is set in config.yaml:2:1 as well, want one of the two',
    ]);
  });
});

describe('loadWithData', () => {
  test('tells what was written, filled in, and every file it was read from, also one that cannot be', async () => {
    const dir = temporaryDirectory();
    const [file, secrets] = [join(dir, 'a.yaml'), join(dir, 'password')];
    writeFileSync(secrets, 'hunter2\n');
    const text = 'level: ${LEVEL}\nauth: { password: "file:password" }';
    writeFileSync(file, text);
    const files = new Map<string, string | undefined>();
    const onFile: LoadOptions<typeof schema>['onFile'] = (path, contents) => void files.set(path, contents);
    const { config, data } = await loadWithData({ schema, file, env: { LEVEL: 'warn' }, onFile });
    expect({ ...data, auth: { ...(data['auth'] as object) } }).toEqual({
      level: 'warn',
      auth: { password: 'hunter2' },
    });
    expect(config.keep).toEqual({ maxAge: 7_776_000_000 });
    expect([...files]).toEqual([
      [file, text],
      [secrets, 'hunter2\n'],
    ]);

    writeFileSync(file, 'auth: { password: "file:gone" }');
    files.clear();
    await expect(loadWithData({ schema, file, env: {}, onFile })).rejects.toThrow('cannot be read');
    expect(files.get(join(dir, 'gone'))).toBeUndefined();
    expect([...files.keys()]).toEqual([file, join(dir, 'gone')]);
  });
});

describe('a secret', () => {
  const SECRET = 'hunter2';

  test.each<[string, string, Options]>([
    ['of the wrong type', 'auth: { password: [hunter2] }', {}],
    ['that is a number', 'auth: { password: 4711 }', {}],
    ['one level too high', 'auth: hunter2', {}],
    ['in a list too high', 'targets: [hunter2]', {}],
    ['without a space', 'auth:\n  password:hunter2', {}],
    ['without a space in braces', 'auth: {password:hunter2}', {}],
    ['that stands for a key', 'auth: { password:, hunter2 }', {}],
    ['that looks like an alias', 'auth: { password: *hunter2 }', {}],
    ['that looks like a tag', 'auth: { password: !hunter2 }', {}],
    ['that looks like an anchor', 'auth: { password: &hunter2 [] }', {}],
    ['that looks like a directive', '%hunter2\n---\nauth: x', {}],
    ['with a bad escape', 'auth: { password: "hunter2\\hunter2" }', {}],
    ['with a bad start', 'auth: { password: @hunter2 }', {}],
    ['in a quote not closed', 'auth: { password: "hunter2 }', {}],
    ['in a quote that another leaves open', "level: 'x\nauth: { password: hunter2 }", {}],
    ['on a line of its own', 'auth:\n  password: a\n hunter2', {}],
    ['after a block header', 'auth:\n  password: | hunter2\n', {}],
    ['given twice', 'auth: { password: hunter2, password: hunter2 }', {}],
    ['beside an unset variable', 'auth: { password: "hunter2${NOPE}" }', {}],
    ['in a variable without a name', 'auth: { password: "${hunter2" }', {}],
    ['in a variable used elsewhere', 'level: "${TOKEN}"\nlisten: "${TOKEN}"', { env: { TOKEN: SECRET } }],
    ['in a variable of the wrong shape', 'auth: "${TOKEN}"', { env: { TOKEN: SECRET } }],
    ['in a URL', 'server: ftp://hunter2@host', {}],
    ['of a flag', '', { overrides: [{ flag: '--password', path: ['auth', 'password'], value: [SECRET] }] }],
  ])('%s is not shown', async (_case, yaml, options) => {
    const problems = await problemsOf(() => load(yaml, options));
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain(SECRET);
    expect(problems.join('\n')).not.toContain('4711');
  });

  test('is not shown when a slip damages the text around it', async () => {
    const sound =
      'level: warn\nauth:\n  password: hunter2\ntargets:\n  - name: a\n    token: "hunter2"\n    tags: [x]\n';
    const places = Array.from({ length: sound.length + 1 }, (_, i) => i).filter((i) => !inside(sound, i));
    const slip = fc.record({ at: fc.constantFrom(...places), text: fc.constantFrom(...WORDS), drop: fc.nat(1) });
    await fc.assert(
      fc.asyncProperty(slip, async ({ at, text: inserted, drop }) => {
        const damaged = sound.slice(0, at) + inserted + sound.slice(inside(sound, at + drop) ? at : at + drop);
        expect((await problemsOf(() => load(damaged))).join('\n')).not.toContain(SECRET);
      }),
      { numRuns: 1000 },
    );

    function inside(source: string, at: number): boolean {
      return [...source.matchAll(/hunter2/g)].some(({ index }) => at > index && at < index + SECRET.length);
    }
  });

  test('of a wrong type is named as one', async () => {
    expect(await problemsOf(() => load('auth: { password: 4711 }'))).toEqual([
      'config.yaml:1:19: auth.password: found (secret), want a text or file:PATH, in quotes',
    ]);
  });

  test('in an empty file is missing', async () => {
    const file = join(temporaryDirectory(), 'empty');
    writeFileSync(file, '\n');
    expect(await problemsOf(() => load(`auth: { password: "file:${file}" }`))).toEqual([
      `config.yaml:1:19: auth.password: file ${file} is empty, want the secret in it`,
    ]);
  });
});
