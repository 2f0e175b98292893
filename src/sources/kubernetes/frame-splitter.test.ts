import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameSplitter } from './frame-splitter.ts';
import type { Piece } from './held-bytes.ts';

const NEWLINE = 0x0a;
const LIMIT = 40;

/** Mostly newlines and a few other bytes, so that short and long lines are both common. */
const bytes = fc
  .array(fc.oneof({ weight: 1, arbitrary: fc.constant(NEWLINE) }, { weight: 20, arbitrary: fc.nat(255) }), {
    maxLength: 300,
    size: 'max',
  })
  .map((values) => Buffer.from(values));

function split(chunks: readonly Buffer[]): unknown[] {
  const splitter = new FrameSplitter(LIMIT);
  // What a chunk's memory is used for afterwards must not matter to frames that were copied: read them at once.
  return chunks.flatMap((chunk) => splitter.push(chunk).map(readable));
}

function readable(piece: Piece): unknown {
  return Buffer.isBuffer(piece) ? piece.toString('latin1') : { size: piece.size, head: piece.head.toString('latin1') };
}

function cutAt(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, stream.length].map((end, index) => stream.subarray(ends[index - 1] ?? 0, end));
}

describe('FrameSplitter', () => {
  test('gives the same frames however the stream is split', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(300)), (stream, cuts) => {
        const lines = stream
          .toString('latin1')
          .split('\n')
          .slice(0, -1)
          .filter((line) => line !== '');
        const expected = lines.map((line) => (line.length > LIMIT ? { size: line.length, head: line } : line));
        expect(split(cutAt(stream, cuts))).toEqual(expected);
      }),
    );
  });

  test('gives a frame within one chunk without copying it', () => {
    const chunk = Buffer.from('{"a":1}\n{"b"');
    const [frame] = new FrameSplitter().push(chunk);
    expect(Buffer.isBuffer(frame) && frame.buffer === chunk.buffer).toBe(true);
  });

  test('reports a frame above 4 MiB once, at its newline, with its size and its beginning', () => {
    const splitter = new FrameSplitter();
    const part = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 20; count++) expect(splitter.push(part)).toEqual([]);
    expect(splitter.incomplete).toBe(20 * 1024 * 1024);
    const [oversized, next] = splitter.push(Buffer.from('y\n{}\n'));
    expect(oversized).toEqual({ size: 20 * 1024 * 1024 + 1, head: Buffer.alloc(1024, 'x') });
    expect(next).toEqual(Buffer.from('{}'));
    expect(splitter.incomplete).toBe(0);
  });

  test('holds no more than the limit of a frame without end', () => {
    const splitter = new FrameSplitter();
    const part = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 3200; count++) splitter.push(part);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});
