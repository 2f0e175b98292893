/**
 * Appends each record as a line to a file, which may be rotated by size and time and compressed when it was.
 * A batch is delivered when it is on the disk. What a failed attempt left is cut off again, and so is the line that a
 * crash tore: it was not acknowledged, so it comes again, and no record is ever glued to another.
 * The file is opened for each batch: one that was moved or deleted by others is no place where records get lost.
 */
import { constants } from 'node:fs';
import { access, type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { defineSink, type Failure, type FailureReason, type Outcome } from '../component/sink.ts';
import { bytes, choice, integer, path } from '../config/fields.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { createTextFormat, textFormatConfig } from '../formats/text-format.ts';
import { unlessAborted } from '../util/unless-aborted.ts';
import { RotatedFiles } from './_rotated-files.ts';

const rotateConfig = v.pipe(
  v.strictObject({
    size: v.exactOptional(
      bytes(
        'Rotates before a delivery would make the file larger. One that is larger by itself has a file of its own.',
        {
          unset: 'whatever the size',
        },
      ),
    ),
    every: v.exactOptional(
      choice(['hour', 'day'], 'Rotates when the first record of an hour or day, in UTC, is written.', {
        unset: 'whatever the time',
      }),
    ),
    keep: v.exactOptional(
      integer('How many rotated files there may be. Older ones are deleted.', { minimum: 1, unset: 'all are kept' }),
    ),
    compression: v.optional(choice(['none', 'gzip'], 'How rotated files are compressed.'), 'none'),
  }),
  v.description(
    'When the file is put aside and another is begun. Its name gets the time at its end, such as `events.jsonl.2026-01-31T08-00-00.000Z`.',
  ),
  v.check(
    ({ size, every }) => size !== undefined || every !== undefined,
    'found neither size nor every, want at least one',
  ),
);

const config = {
  path: path(
    'The file. It is created with mode 0600, its directory is not. Nobody else may write to it, no other sink either.',
  ),
  ...textFormatConfig,
  fsync: v.optional(
    choice(
      ['batch', 'never'],
      'When what was written has to be on the disk: before a delivery counts as made, or whenever the system likes. With `never` a power cut takes the last seconds.',
    ),
    'batch',
  ),
  rotate: v.exactOptional(rotateConfig),
};

const OK: Outcome = { status: 'ok' };
const HOUR_MS = 3_600_000;
const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS };

export const fileSink = defineSink({
  type: 'file',
  summary: 'Appends each record as a line to a file.',
  delivery:
    'At least once, in the order of the log. With `fsync: batch` what counts as delivered outlives a power cut. A delivery that fails leaves nothing behind; only when Tidings ends between a write and its acknowledgement are the lines of that delivery written again.',
  config,
  limits: { maxRecords: 500, maxBytes: 1024 * 1024 },
  concurrency: 1,
  examples: [
    { title: 'The events as lines of JSON', config: 'path: /var/log/tidings/events.jsonl\nformat: kubernetes\n' },
    {
      title: 'A file a day, or for each 100 MiB, of which the last 30 are kept compressed',
      config: `path: /var/log/tidings/events.jsonl
rotate:
  size: 100MiB
  every: day
  keep: 30
  compression: gzip
`,
    },
  ],
  create(settings, context) {
    const { rotate } = settings;
    const format = createTextFormat(settings, context);
    const rotated = rotate && new RotatedFiles({ path: settings.path, ...rotate, logger: context.logger });
    const isSynced = settings.fsync === 'batch';

    const append = async (text: string): Promise<void> => {
      const content = Buffer.from(text);
      let file = await openFile(settings.path);
      try {
        const found = await file.stat();
        await cutTornLine(file);
        if (rotate && isDue(rotate, found, content.length)) {
          await file.close();
          await rotated?.rotate();
          file = await openFile(settings.path);
        }
        await appendOrCut(file, content, isSynced);
        // Also that there is a file has to be on the disk.
        if (isSynced && (await file.stat()).size === content.length) await syncDirectory(settings.path);
      } finally {
        await file.close();
      }
    };

    /** What was aborted may go on as long as the disk hangs. */
    let writing: Promise<unknown> = Promise.resolve();
    return {
      ...(format.needs && { needs: format.needs }),
      encode(message) {
        const value = `${format.text(message)}\n`;
        return { value, bytes: Buffer.byteLength(value) };
      },
      async deliver(batch, signal) {
        signal.throwIfAborted();
        const written = writing.then(() => append(batch.join('')));
        writing = written.catch(() => {});
        try {
          await unlessAborted(written, signal);
          return batch.map(() => OK);
        } catch (error) {
          signal.throwIfAborted();
          const failure = failureOf(error, settings.path);
          return batch.map(() => ({ status: 'retry', ...failure }));
        }
      },
      check: (signal) => unlessAborted(checkFile(settings.path), signal),
      async close() {
        await rotated?.close();
      },
    };
  },
});

/**
 * Made when it is not there. A link is refused, so that nobody who may write to the directory has us write elsewhere, and
 * so is a pipe, which could be waited for for ever.
 */
async function openFile(file: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(file, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw noFile(file);
}

function noFile(file: string): AppError {
  return new AppError('SINK_FAILED', `write ${file}: found something else, want a file`);
}

type RotateConfig = v.InferOutput<typeof rotateConfig>;

/** By when it was written to last, which outlives a restart. */
function isDue(
  { size = Number.POSITIVE_INFINITY, every }: RotateConfig,
  written: { readonly size: number; readonly mtimeMs: number },
  more: number,
): boolean {
  if (written.size === 0) return false;
  const periodMs = every && PERIOD_MS[every];
  const isOver = periodMs !== undefined && Math.floor(written.mtimeMs / periodMs) < Math.floor(Date.now() / periodMs);
  return isOver || written.size + more > size;
}

const LINE_BREAK = 0x0a;
const CHUNK_BYTES = 64 * 1024;

async function cutTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  let end = size;
  while (end > 0) {
    const from = Math.max(0, end - CHUNK_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - from), 0, end - from, from);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(LINE_BREAK);
    end = last < 0 ? from : from + last + 1;
    if (last >= 0) break;
  }
  if (end < size) await file.truncate(end);
}

async function appendOrCut(file: FileHandle, content: Buffer, isSynced: boolean): Promise<void> {
  const { size } = await file.stat();
  try {
    await file.appendFile(content);
    if (isSynced) await file.datasync();
  } catch (error) {
    // Where this fails as well, what is whole stays and comes again.
    await file.truncate(size).catch(() => {});
    throw error;
  }
}

async function syncDirectory(file: string): Promise<void> {
  const directory = await open(dirname(file), constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Makes no file: it would belong to whoever checks. */
async function checkFile(file: string): Promise<string> {
  try {
    const found = await lstat(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (found && !found.isFile()) throw noFile(file);
    await access(found ? file : dirname(file), constants.W_OK | (found ? constants.R_OK : constants.X_OK));
    return found ? `${file} has ${found.size} bytes` : `${file} can be created`;
  } catch (error) {
    throw new AppError('SINK_FAILED', failureOf(error, file).problem, { cause: error });
  }
}

const FOUND: Readonly<Record<string, readonly [FailureReason, found: string]>> = {
  EACCES: ['unauthorized', 'no right to it, want one to read and write'],
  EPERM: ['unauthorized', 'no right to it, want one to read and write'],
  EROFS: ['unauthorized', 'a file system that is read-only'],
  EISDIR: ['not_found', 'a directory, want a file'],
  ELOOP: ['not_found', 'a symbolic link, want a file'],
  ENOENT: ['not_found', 'no such directory'],
  ENOTDIR: ['not_found', 'a file where its directory should be'],
  ENOSPC: ['server_error', 'no space left on the volume'],
  EDQUOT: ['server_error', 'no space left in the quota'],
};

function failureOf(error: unknown, file: string): Failure {
  if (error instanceof AppError) return { reason: 'not_found', problem: error.message };
  const [reason, found] = FOUND[codeOf(error)] ?? ['server_error', messageOf(error)];
  return { reason, problem: `write ${file}: found ${found}` };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
