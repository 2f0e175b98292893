import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { integer, secret, string } from '../config/fields.ts';
import { loadConfig } from '../config/load.ts';
import { configMarkdown } from '../config/markdown.ts';
import { defineSink, type SinkDefinition } from './sink.ts';
import { sinksConfig } from './sink-config.ts';

const create = () => ({ encode: () => ({ value: 0, bytes: 0 }), deliver: async () => [], close: async () => {} });

const chat = defineSink({
  type: 'chat',
  summary: 'Posts to a chat.',
  delivery: 'In order.',
  config: { channel: string('A channel.'), token: v.exactOptional(secret('A token.')) },
  limits: { maxRecords: 10, maxBytes: 250_000 },
  concurrency: 1,
  examples: [{ title: 'A channel', config: 'channel: "#ops"\ntoken: file:token\n' }],
  create,
});

const bus = defineSink({
  type: 'bus',
  summary: 'Writes to a bus.',
  delivery: 'In order.',
  config: { partitions: v.optional(integer('A number.', { minimum: 1 }), 1) },
  limits: { maxRecords: 500, maxBytes: 1024 * 1024 },
  concurrency: 4,
  examples: [],
  create,
});

const schema = v.strictObject({ sinks: sinksConfig([chat, bus]) });

async function load(text: string, env: Record<string, string> = {}) {
  return (await loadConfig({ schema, file: 'c.yaml', text, env })).config.sinks;
}

async function startOf(from: string): Promise<unknown> {
  return (await load(`sinks: [{ name: a, type: bus, from: '${from}' }]`))[0]?.from;
}

describe('sinksConfig', () => {
  test('parts what every sink has from what is its own', async () => {
    const yaml =
      'sinks: [{ name: ops, type: chat, channel: x, token: "${T}", batch: { records: 5, bytes: 1KB, delay: 2s } }]';
    const [sink] = await load(yaml, { T: 'secret' });
    expect(sink).toEqual({
      name: 'ops',
      definition: chat,
      from: { kind: 'now' },
      batch: { records: 5, bytes: 1000, delay: 2000 },
      settings: { channel: 'x', token: 'secret' },
    });
  });

  test('takes the limits of the sink for the bounds of a batch', async () => {
    const sinks = await load(
      'sinks: [{ name: a, type: chat, channel: x }, { name: b, type: bus, batch: { records: 1 } }]',
    );
    expect(sinks.map(({ batch }) => batch)).toEqual([
      { records: 10, bytes: 250_000 },
      { records: 1, bytes: 1_048_576 },
    ]);
    expect(sinks[1]?.settings).toEqual({ partitions: 1 });
  });

  test('hands settings to the definition that made them', async () => {
    const opened: unknown[] = [];
    const definition: SinkDefinition = {
      ...bus,
      create: (settings) => {
        opened.push(settings);
        return create();
      },
    };
    const yaml = 'sinks: [{ name: a, type: bus, partitions: 3 }]';
    const { config } = await loadConfig({
      schema: v.strictObject({ sinks: sinksConfig([definition]) }),
      text: yaml,
      env: {},
    });
    for (const sink of config.sinks) await sink.definition.create(sink.settings, {} as never);
    expect(opened).toEqual([{ partitions: 3 }]);
  });

  test.each([
    ['now', { kind: 'now' }],
    ['beginning', { kind: 'beginning' }],
    ['1h30m', { kind: 'ago', ms: 5_400_000 }],
    ['2026-01-31T08:00:00Z', { kind: 'time', time: Date.UTC(2026, 0, 31, 8) }],
    ['2026-01-31T08:00:00.25+02:00', { kind: 'time', time: Date.UTC(2026, 0, 31, 6, 0, 0, 250) }],
  ])('begins at %s', async (from, start) => {
    expect(await startOf(from)).toEqual(start);
  });

  test.each(['0s', 'yesterday', '2026-01-31', '2026-01-31T08:00:00', '2026-02-30T08:00:00Z', '2026-01-31T25:00:00Z'])(
    'does not begin at %s',
    async (from) => {
      await expect(startOf(from)).rejects.toThrow(
        `c.yaml:1:37: sinks[0].from: found "${from}", want now, beginning, a duration such as 12h or a time such as 2026-01-31T08:00:00Z`,
      );
    },
  );

  test.each([
    ['{ type: bus }', '1:9: sinks[0].name: missing, want up to 63 lower-case letters, digits and "-" inside'],
    ['{ type: bus, name: Ops }', '1:28: sinks[0].name: found "Ops", want up to 63 lower-case letters'],
    ['{ type: bus, name: -a }', '1:28: sinks[0].name: found "-a", want up to 63 lower-case letters'],
    ['{ type: bus, name: 5 }', '1:28: sinks[0].name: found the number 5, want up to 63 lower-case letters'],
    [`{ type: bus, name: ${'a'.repeat(64)} }`, '1:28: sinks[0].name: found "aaa'],
    ['{ name: a }', '1:9: sinks[0].type: missing, want chat or bus'],
    ['{ name: a, type: cat }', '1:26: sinks[0].type: found "cat", want chat or bus; did you mean "chat"?'],
    ['{ name: a, type: bus, chanel: x }', '1:31: sinks[0].chanel: unknown key, want one of partitions, name, type'],
    ['{ name: a, type: chat, chanel: x, channel: y }', '1:32: sinks[0].chanel: unknown key, did you mean "channel"?'],
    [
      '{ name: a, type: chat, channel: x, batch: { records: 11 } }',
      '1:62: sinks[0].batch.records: found the number 11, want a whole number from 1 to 10, the most that chat takes at once',
    ],
    [
      '{ name: a, type: chat, channel: x, batch: { bytes: 1MB } }',
      '1:60: sinks[0].batch.bytes: found "1MB", want a size up to 250KB, the most that chat takes at once',
    ],
    ['{ name: a, type: bus, batch: { bytes: 0B } }', '1:47: sinks[0].batch.bytes: found "0B", want a size'],
    ['{ name: a, type: bus }, { name: a, type: bus }', '1:33: sinks[1]: the name of sinks[0] again, want another'],
    // The name is known also where the rest cannot be judged.
    ['{ name: a, type: bus }, { name: a, type: x }', '1:33: sinks[1]: the name of sinks[0] again, want another'],
  ])('refuses %s', async (sinks, message) => {
    await expect(load(`sinks: [${sinks}]`)).rejects.toThrow(`c.yaml:${message}`);
  });

  test('is documented with a section for each type, examples included', () => {
    const markdown = configMarkdown(schema);
    expect(markdown).toContain('| `sinks[].type` | [`chat`](#sinks-chat), [`bus`](#sinks-bus) | required |');
    expect(markdown.match(/^\| `sinks\[\]\.(?:name|from)` /gm)).toHaveLength(2);
    expect(markdown).toContain('## sinks: chat\n\nPosts to a chat. In order.\n');
    expect(markdown).toContain(
      '```yaml\n# A channel\nsinks:\n  - name: chat\n    type: chat\n    channel: "#ops"\n    token: file:token\n```\n',
    );
    expect(markdown).toMatch(/`sinks\[\]\.batch\.bytes` \| a size up to 250KB, [^|]* \| `250KB` \|/);
  });
});
