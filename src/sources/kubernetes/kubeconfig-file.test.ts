import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Kubeconfig, mergeKubeconfigs, parseKubeconfig } from './kubeconfig-file.ts';

function parsed(content: unknown, file: string): Kubeconfig {
  const read = parseKubeconfig(JSON.stringify(content), file);
  if (!('kubeconfig' in read)) throw new Error(JSON.stringify(read));
  return read.kubeconfig;
}

// Few names, so that they meet.
const name = fc.constantFrom('a', 'b', 'c', 'd');
const list = <T>(field: string, value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key })
    .map((entries) => entries.map(([key, item]) => ({ name: key, [field]: item })));
const content = fc.record({
  'current-context': fc.option(name),
  contexts: list('context', fc.record({ cluster: name, user: name })),
  clusters: list('cluster', fc.record({ server: fc.webUrl() }, { requiredKeys: [] })),
  users: list('user', fc.record({ token: fc.string(), username: fc.string() }, { requiredKeys: [] })),
});

describe('mergeKubeconfigs', () => {
  test('takes from the first file that has it: each entry as a whole, and the current context', () => {
    fc.assert(
      fc.property(fc.array(content, { maxLength: 4 }), (contents) => {
        const files = contents.map((one, index) => parsed(one, `/${index}/config`));
        const merged = mergeKubeconfigs(files);
        expect(merged.currentContext).toBe(files.find(({ currentContext }) => currentContext)?.currentContext);
        for (const kind of ['contexts', 'clusters', 'users'] as const) {
          const names = new Set(files.flatMap((file) => [...file[kind].keys()]));
          expect(new Set(merged[kind].keys())).toEqual(names);
          for (const key of names)
            expect(merged[kind].get(key)).toBe(files.find((file) => file[kind].has(key))?.[kind].get(key));
        }
      }),
    );
  });
});

describe('parseKubeconfig', () => {
  test('reads what YAML holds, whatever it is: a kubeconfig or problems with a place', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      mistaken(),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const read = parseKubeconfig(text, '/f');
        const problems = 'problems' in read ? read.problems : [];
        expect('kubeconfig' in read).toBe(problems.length === 0);
        for (const problem of problems) expect(problem).toMatch(/^\/f(:\d+:\d+)?: /);
      }),
    );
  });

  test('never repeats a value of the wrong type', () => {
    const secret = 1_234_567_890;
    fc.assert(
      fc.property(
        fc.constantFrom('token', 'password', 'client-key-data', 'tokenFile', 'exec'),
        fc.boolean(),
        (field, nested) => {
          const read = parseKubeconfig(
            JSON.stringify({ users: [{ name: 'u', user: { [field]: nested ? [secret] : secret } }] }),
            '/f',
          );
          expect(read).toHaveProperty('problems');
          expect(JSON.stringify(read)).not.toContain(String(secret));
        },
      ),
    );
  });

  test('takes an empty file, and one of comments, for an empty kubeconfig', () => {
    for (const text of ['', '# nothing\n', '---\n']) {
      expect(parseKubeconfig(text, '/f')).toMatchObject({ kubeconfig: { currentContext: undefined } });
    }
  });

  test('refuses a name that is there twice, as kubectl does', () => {
    const text = 'users: [{name: a, user: {token: one}}, {name: a, user: {token: two}}]';
    expect(parseKubeconfig(text, '/f')).toEqual({
      problems: ['/f:1:47: users[1].name: found "a" again, want a name of its own'],
    });
  });
});

/** Kubeconfigs with one value replaced by something else. */
function mistaken(): fc.Arbitrary<string> {
  const field = fc.constantFrom('name', 'user', 'token', 'exec', 'as-groups', 'as-user-extra', 'client-key-data');
  return fc.tuple(field, fc.jsonValue()).map(([key, value]) =>
    JSON.stringify({
      users: key === 'name' || key === 'user' ? [{ [key]: value }] : [{ name: 'u', user: { [key]: value } }],
    }),
  );
}
