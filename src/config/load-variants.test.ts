import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { load, problemsOf, refuses, schema } from '../../test/helpers/kinds-config.ts';

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
