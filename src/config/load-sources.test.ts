import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { load, type Options, problemsOf, schema, WORDS } from '../../test/helpers/sample-config.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { type LoadOptions, loadConfig } from './load.ts';

describe('loadConfig reads', () => {
  test('the file of the flag, else that of TIDINGS_CONFIG', async () => {
    const dir = temporaryDirectory();
    writeFileSync(join(dir, 'a.yaml'), 'level: info');
    writeFileSync(join(dir, 'b.yaml'), 'level: warn');
    const env = { TIDINGS_CONFIG: join(dir, 'b.yaml') };
    expect((await loadConfig({ schema, env, file: join(dir, 'a.yaml') })).config.level).toBe('info');
    expect((await loadConfig({ schema, env })).config.level).toBe('warn');
    expect((await loadConfig({ schema, env: { TIDINGS_CONFIG: '' } })).config.level).toBeUndefined();
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
    expect((await loadConfig({ schema, env: {}, file })).config).toMatchObject({
      data: join(dir, 'store'),
      auth: { password: ' hunter2 ' },
    });
    const { config } = await loadConfig({ schema, env: { TIDINGS_DATA: 'here' }, file });
    expect(config.data).toBe(join(process.cwd(), 'here'));
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

describe('loadConfig', () => {
  test('tells what was written, filled in, and every file it was read from, also one that cannot be', async () => {
    const dir = temporaryDirectory();
    const [file, secrets] = [join(dir, 'a.yaml'), join(dir, 'password')];
    writeFileSync(secrets, 'hunter2\n');
    const text = 'level: ${LEVEL}\nauth: { password: "file:password" }';
    writeFileSync(file, text);
    const files = new Map<string, string | undefined>();
    const onFile: LoadOptions<typeof schema>['onFile'] = (path, contents) => void files.set(path, contents);
    const { config, data } = await loadConfig({ schema, file, env: { LEVEL: 'warn' }, onFile });
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
    await expect(loadConfig({ schema, file, env: {}, onFile })).rejects.toThrow('cannot be read');
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
