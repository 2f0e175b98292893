import type { Readable, Writable } from 'node:stream';

/** What a command may touch of its process. */
export interface CliIo {
  /** The name it was called by; that of another tool makes it that tool. */
  readonly program?: string;
  /** Absent: nothing to read. */
  readonly stdin?: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends what runs until it is stopped. */
  readonly signal?: AbortSignal;
  /** Calls back for each SIGHUP, which otherwise ends the process; returns how to end that. */
  readonly onHangup?: (callback: () => void) => () => void;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}
