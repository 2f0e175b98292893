import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { describeSink } from '../../test/contract/sink.contract.ts';
import { messageNumber, openSink, settingsOf } from '../../test/helpers/open-sink.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { fileSink } from './file.ts';

describeSink(fileSink, async () => {
  const path = join(temporaryDirectory(), 'events.jsonl');
  return {
    settings: `path: ${path}`,
    // Nothing else that comes near the sink is for nobody's eyes.
    secrets: [messageNumber(0).record.body.message ?? ''],
    refuse: () => mkdirSync(path),
  };
});

const signal = new AbortController().signal;

async function open(more = '') {
  const path = join(temporaryDirectory(), 'events.jsonl');
  return { path, ...(await openSink(fileSink, `path: ${path}\n${more}`)) };
}

/** By the numbers of the records, as {@link messageNumber} has them. */
function numbersIn(text: string): number[] {
  expect(text === '' || text.endsWith('\n'), 'ends with a whole line').toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => Number(JSON.parse(line).event.metadata.resourceVersion) - 1);
}

const readLines = (path: string): number[] => numbersIn(readFileSync(path, 'utf8'));

/** The oldest first, the file itself last. */
function filesOf(path: string): string[] {
  const others = readdirSync(dirname(path)).filter((name) => name !== 'events.jsonl');
  return [...others.toSorted(), 'events.jsonl'].map((name) => join(dirname(path), name));
}

function contentOf(path: string): string {
  const content = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(content) : content).toString();
}

describe('file', () => {
  test('appends a line a record to what is there, in a file that only its owner may read', async () => {
    const { path, deliver, sink } = await open();
    expect(await deliver(3)).toEqual(Array(3).fill({ status: 'ok' }));
    expect(readLines(path)).toEqual([0, 1, 2]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await sink.close();
    const again = await openSink(fileSink, `path: ${path}\nfsync: never`);
    await again.deliver(1);
    expect(readLines(path)).toEqual([0, 1, 2, 0]);
  });

  test('writes what its format makes of a record', async () => {
    const { path, deliver } = await open('template: "{{ .Reason }}"');
    await deliver(2);
    expect(readFileSync(path, 'utf8')).toBe('BackOff\nBackOff\n');
  });

  test('goes on in a new file when others moved the one that was there', async () => {
    const { path, deliver } = await open();
    await deliver(2);
    renameSync(path, `${path}.old`);
    await deliver(1);
    expect([readLines(`${path}.old`), readLines(path)]).toEqual([[0, 1], [0]]);
  });

  test('glues no record to a line that a crash tore, wherever it tore it', async () => {
    const { path, deliver } = await open();
    await deliver(4);
    const written = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(written.length), async (length) => {
        writeFileSync(path, written);
        truncateSync(path, length);
        const whole = numbersIn(written.subarray(0, written.lastIndexOf('\n', length - 1) + 1).toString());
        await deliver(1);
        expect(readLines(path)).toEqual([...(length === 0 ? [] : whole), 0]);
      }),
      { numRuns: 50, examples: [[0], [1], [written.length]] },
    );
  });

  test('finds the end of the last whole line behind a long torn one', async () => {
    const { path, deliver } = await open();
    await deliver(1);
    appendFileSync(path, 'x'.repeat(300_000));
    await deliver(1);
    expect(readLines(path)).toEqual([0, 0]);
  });

  test.each([
    ['is a directory', (path: string) => mkdirSync(path), 'not_found', 'found a directory, want a file'],
    ['is a link', (path: string) => symlinkSync('/dev/null', path), 'not_found', 'found a symbolic link, want a file'],
    ['is a pipe', (path: string) => execFileSync('mkfifo', [path]), 'not_found', 'found something else, want a file'],
  ])('keeps what it cannot write for later, and says why: the path %s', async (_, spoil, reason, found) => {
    const { path, deliver, sink } = await open();
    spoil(path);
    expect(await deliver(2)).toEqual(Array(2).fill({ status: 'retry', reason, problem: `write ${path}: ${found}` }));
    await expect(sink.check?.(signal)).rejects.toThrow(`write ${path}: found something else, want a file`);
  });

  test('makes no directory, and goes on when there is one', async () => {
    const directory = join(temporaryDirectory(), 'later');
    const path = join(directory, 'events.jsonl');
    const { deliver, sink } = await openSink(fileSink, `path: ${path}`);
    const problem = `write ${path}: found no such directory`;
    expect(await deliver()).toEqual([{ status: 'retry', reason: 'not_found', problem }]);
    await expect(sink.check?.(signal)).rejects.toThrow(problem);
    mkdirSync(directory);
    expect(await sink.check?.(signal)).toBe(`${path} can be created`);
    expect(readdirSync(directory)).toEqual([]);
    expect(await deliver()).toEqual([{ status: 'ok' }]);
    expect(await sink.check?.(signal)).toBe(`${path} has ${statSync(path).size} bytes`);
  });

  test('says that a file is where its directory should be', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const path = join(file, 'events.jsonl');
    const { deliver, sink } = await openSink(fileSink, `path: ${path}`);
    const problem = `write ${path}: found a file where its directory should be`;
    expect(await deliver()).toEqual([{ status: 'retry', reason: 'not_found', problem }]);
    await expect(sink.check?.(signal)).rejects.toThrow(problem);
  });

  test.skipIf(process.getuid?.() === 0)('says that it has no right to the file', async () => {
    const { path, deliver } = await open();
    await deliver();
    chmodSync(path, 0o400);
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'unauthorized' }]);
  });

  test.each([
    ['rotate: {}', 'found neither size nor every, want at least one'],
    ['rotate: {size: 1MiB, keep: 0}', 'want a whole number from 1'],
    ['fsync: always', 'want batch or never'],
  ])('refuses %s', async (settings, problem) => {
    await expect(settingsOf(fileSink, `path: a\n${settings}`)).rejects.toThrow(problem);
  });
});

describe('file that is rotated', () => {
  test('begins another before it becomes too large, and keeps as many as it is told', async () => {
    const { path, deliver, sink } = await open('rotate: {size: 3KB, keep: 2}');
    const line = sink.encode(messageNumber(0)).bytes;
    const perFile = Math.floor(3_000 / line);
    for (let index = 0; index < 4 * perFile; index++) await deliver(1);
    await sink.close();
    expect(filesOf(path).map((file) => readLines(file).length)).toEqual(Array(3).fill(perFile));
  });

  test('gives a delivery that is too large a file of its own', async () => {
    const { path, deliver } = await open('rotate: {size: 1KB}');
    for (const count of [20, 1, 20]) await deliver(count);
    expect(filesOf(path).map((file) => readLines(file).length)).toEqual([20, 1, 20]);
  });

  test.each([
    ['hour', 3_600_000],
    ['day', 86_400_000],
  ])('begins another with each %s, also after a restart', async (every, periodMs) => {
    const { path, deliver } = await open(`rotate: {every: ${every}}`);
    await deliver(1);
    await deliver(2);
    const began = Math.floor(Date.now() / periodMs) * periodMs;
    utimesSync(path, 0, (began - 1) / 1000);
    const again = await openSink(fileSink, `path: ${path}\nrotate: {every: ${every}}`);
    await again.deliver(3);
    expect(filesOf(path).map(readLines)).toEqual([
      [0, 0, 1],
      [0, 1, 2],
    ]);
    utimesSync(path, 0, began / 1000);
    await again.deliver(1);
    expect(filesOf(path)).toHaveLength(2);
  });

  test('puts no torn line aside', async () => {
    const { path, deliver } = await open('rotate: {size: 1KB}');
    await deliver(1);
    appendFileSync(path, '{"torn":');
    await deliver(1);
    expect(filesOf(path).map(readLines)).toEqual([[0], [0]]);
  });

  test('compresses what was put aside, also what a crash left half done, and leaves files of others alone', async () => {
    const { path, deliver } = await open('rotate: {size: 1KB, keep: 3, compression: gzip}');
    const stamped = (day: number) => `${path}.2026-01-0${day}T08-00-00.000Z`;
    for (const day of [1, 2, 3]) writeFileSync(stamped(day), `${day}\n`);
    writeFileSync(`${stamped(1)}.gz.part`, 'half');
    writeFileSync(`${stamped(3)}.gz.part`, 'half');
    writeFileSync(`${path}.mine`, 'mine');
    for (const count of [4, 4, 4]) await deliver(count);
    await vi.waitFor(() =>
      expect(filesOf(path).map((file) => file.slice(path.length))).toEqual([
        '.2026-01-03T08-00-00.000Z.gz',
        expect.stringMatching(/^\..*Z\.gz$/),
        expect.stringMatching(/^\..*Z\.gz$/),
        '.mine',
        '',
      ]),
    );
    expect(contentOf(`${stamped(3)}.gz`)).toBe('3\n');
    expect(statSync(`${stamped(3)}.gz`).mode & 0o777).toBe(0o600);
  });

  test('orders names as the files are when the clock was set back', async () => {
    const { path, deliver } = await open('rotate: {size: 1KB}');
    const ahead = `${path}.2999-01-01T00-00-00.000Z`;
    writeFileSync(ahead, '');
    await deliver(4);
    await deliver(4);
    expect(filesOf(path)).toEqual([ahead, `${path}.2999-01-01T00-00-00.001Z`, path]);
  });

  test('delivers also while what was put aside cannot be compressed, and says so', async () => {
    const { path, deliver, sink, logged } = await open('rotate: {size: 1KB, compression: gzip}');
    const aside = `${path}.2026-01-01T08-00-00.000Z`;
    writeFileSync(aside, 'x');
    mkdirSync(`${aside}.gz.part`);
    for (const count of [4, 4]) expect(await deliver(count)).toEqual(Array(count).fill({ status: 'ok' }));
    await vi.waitFor(() => expect(logged.join()).toContain('rotated files could not be compressed or deleted'));
    await sink.close();
    expect(readFileSync(aside, 'utf8')).toBe('x');
  });
});

test('file has every acknowledged record, in order and in whole lines, whenever its writer is killed', {
  timeout: 60_000,
}, async () => {
  const path = join(temporaryDirectory(), 'events.jsonl');
  const settings = `{path: ${path}, rotate: {size: 40KB, compression: gzip}}`;
  const writer = fileURLToPath(import.meta.resolve('../../test/helpers/file-sink-writer.ts'));
  let acknowledged = 0;
  for (let kill = 0; kill < 3; kill++) {
    const child = spawn(process.execPath, [writer, settings, String(acknowledged)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const deliveries = 1 + Math.floor(Math.random() * 30);
    let seen = 0;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (++seen === deliveries) child.kill('SIGKILL');
    }
    expect((await exited)[1]).toBe('SIGKILL');
  }
  // One more delivery mends what the last kill left.
  const { sink } = await openSink(fileSink, settings);
  await sink.deliver([sink.encode(messageNumber(acknowledged)).value], signal);
  await sink.close();
  const files = filesOf(path).filter((file) => !file.endsWith('.part'));
  const numbers = files.filter((file) => !files.includes(`${file}.gz`)).flatMap((file) => numbersIn(contentOf(file)));
  expect(new Set(numbers).size).toBe(Math.max(...numbers) + 1);
  const falls = numbers.filter((number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1);
  // Only what was under way at a kill is there twice.
  expect(falls.length).toBeLessThanOrEqual(3);
});

const volume = mkdtempSync(join(tmpdir(), 'tidings-volume-'));
const isMounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', volume], { stdio: 'ignore' }).status === 0;

afterAll(() => {
  if (isMounted) execFileSync('umount', [volume]);
  rmSync(volume, { recursive: true });
});

test.skipIf(!isMounted)(
  'file leaves nothing of a delivery for which there is no space, and takes it later',
  async () => {
    const path = join(volume, 'events.jsonl');
    const { deliver } = await openSink(fileSink, `path: ${path}`);
    await deliver(10);
    const problem = `write ${path}: found no space left on the volume`;
    expect(await deliver(100)).toEqual(Array(100).fill({ status: 'retry', reason: 'server_error', problem }));
    expect(readLines(path)).toHaveLength(10);
    execFileSync('mount', ['-o', 'remount,size=1m', volume]);
    expect(await deliver(100)).toEqual(Array(100).fill({ status: 'ok' }));
    expect(readLines(path)).toHaveLength(110);
  },
);
