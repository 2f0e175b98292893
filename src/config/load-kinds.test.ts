import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { load, problemsOf, refuses } from '../../test/helpers/kinds-config.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import type { EventRecord } from '../core/record.ts';
import { data, parsed } from './fields.ts';
import { loadConfig } from './load.ts';

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
