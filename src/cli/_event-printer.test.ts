import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { asStored } from '../component/event-query.ts';
import type { StoredEvent } from '../component/history.ts';
import type { CoreV1Event } from '../core/event-conversion.ts';
import { eventRecord } from '../core/record.ts';
import { type TableOptions, tablePrinter } from './_event-printer.ts';
import { Output } from './_output.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'test', 'fixtures');
const KUBECTL_RAN_AT = Date.parse('2026-11-21T07:13:14.600Z');

const fixture = (path: string): string => readFileSync(join(FIXTURES, path), 'utf8');

function stored(event: CoreV1Event): StoredEvent {
  const { kind: _kind, apiVersion: _apiVersion, ...body } = event;
  const envelope = { cluster: 'prod', epoch: 1, scope: '*', receivedAt: 0, origin: 'list', news: false } as const;
  return asStored(eventRecord(body, envelope), 1);
}

/** The events in the order in which the API server lists them. */
function listed(): StoredEvent[] {
  const names = globSync('*.json', { cwd: join(FIXTURES, 'events') }).filter((name) => name !== 'unknown-field.json');
  const place = ({ body }: StoredEvent): string => `${body.metadata.namespace}/${body.metadata.name}`;
  return names
    .map((name) => stored(JSON.parse(fixture(`events/${name}`)) as CoreV1Event))
    .toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

async function print(
  events: readonly StoredEvent[],
  options: Partial<TableOptions>,
  terminal: { isTTY?: boolean; env?: Record<string, string> } = {},
): Promise<string> {
  const stdout = Object.assign(new PassThrough({ highWaterMark: 1 << 20 }), { isTTY: terminal.isTTY ?? false });
  const io = { stdout, stderr: new PassThrough(), env: terminal.env ?? {}, now: () => KUBECTL_RAN_AT };
  const table = { wide: false, headers: true, cluster: false, namespace: true, ...options };
  const printer = tablePrinter(new Output(stdout), io, table);
  for (const event of events) await printer.print(event);
  await printer.end(events.length);
  return String(stdout.read() ?? '');
}

// kubectl lets control characters through that ours does not.
const comparable = (text: string): string[] => text.split('\n').filter((line) => !line.includes('pod/evil'));

describe('tablePrinter', () => {
  test.each([
    ['get-events.txt', false],
    ['get-events-wide.txt', true],
  ])('prints what kubectl printed into %s', async (file, wide) => {
    const events = listed();
    expect(events).toHaveLength(14);
    expect(comparable(await print(events, { wide }))).toEqual(comparable(fixture(`kubectl-output/${file}`)));
  });

  test('makes hostile text harmless', async () => {
    const [evil] = listed().filter(({ subject }) => subject.name === 'evil');
    const printed = await print(evil ? [evil] : [], { headers: false, namespace: false, wide: true });
    expect(printed).toContain('kub^[[2Jelet, node-1');
    expect(printed).toContain('pull ^[[31mred^[[0m ^[]0;title^G \\u202egnp.exe\\u202c \\u009b2J');
  });

  test('adds the columns that are asked for', async () => {
    const [event] = listed();
    const printed = await print(event ? [event] : [], { cluster: true });
    expect(printed.split('\n')[0]).toBe('CLUSTER   NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT      MESSAGE');
  });

  test('prints no header for no rows, nor when there shall be none', async () => {
    expect(await print([], {})).toBe('');
    expect((await print(listed().slice(0, 2), { headers: false })).split('\n')).toHaveLength(3);
  });

  test('colours warnings on a terminal that wants it', async () => {
    const warnings = listed().filter(({ body }) => body.type === 'Warning');
    expect(await print(warnings, {}, { isTTY: true })).toContain('\u001b[33mWarning');
    expect(await print(warnings, {}, { isTTY: true, env: { NO_COLOR: '1' } })).not.toContain('\u001b');
    expect(await print(warnings, {}, { isTTY: true, env: { TERM: 'dumb' } })).not.toContain('\u001b');
    expect(await print(warnings, {})).not.toContain('\u001b');
  });

  test('writes a long table in blocks, before its end is known', async () => {
    const [event] = listed();
    if (!event) throw new Error('the fixtures have gone');
    const stdout = new PassThrough({ highWaterMark: 1 << 20 });
    const io = { stdout, stderr: new PassThrough(), env: {}, now: Date.now };
    const printer = tablePrinter(new Output(stdout), io, {
      wide: false,
      headers: false,
      cluster: false,
      namespace: true,
    });
    for (let row = 0; row < 1_000; row++) await printer.print(event);
    expect(String(stdout.read()).trimEnd().split('\n')).toHaveLength(1_000);
  });

  test('keeps the widths of a long table', async () => {
    const [event] = listed().filter(({ subject }) => subject.name === 'shop-tls');
    const [short] = listed().filter(({ subject }) => subject.kind === 'Namespace');
    if (!event || !short) throw new Error('the fixtures have gone');
    const lines = (await print([...Array<StoredEvent>(1500).fill(event), short], {})).trimEnd().split('\n');
    expect(lines).toHaveLength(1502);
    expect(lines.at(-1)?.indexOf('involved')).toBe(lines[1]?.indexOf('The certificate'));
  });
});
