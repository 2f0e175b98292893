import { Writable } from 'node:stream';

interface Collected extends Writable {
  text: string;
  isTTY?: boolean;
}

/** A stream that keeps what is written to it, as text. */
export function collector(): Collected {
  const stream: Collected = Object.assign(
    new Writable({
      write(chunk: Buffer, _, done) {
        stream.text += chunk.toString();
        done();
      },
    }),
    { text: '' },
  );
  return stream;
}
