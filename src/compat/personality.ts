/**
 * What the tools have in common that Tidings runs in place of. A personality knows its tool's command line, and what it
 * means in Tidings' own configuration; everything after that is Tidings as it always is. It reads and writes nothing:
 * what a tool finds in files and variables would be handed to `translate` beside its arguments.
 */

export interface Personality {
  /** What the tool's program is called. */
  readonly name: string;
  /** What the tool's arguments mean, or the answer it gives to them instead of running. */
  readonly translate: (args: readonly string[]) => Translation | Answer;
}

export interface Translation {
  /** Tidings' configuration, as it could stand in a file: defaults are left out. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Where Tidings does otherwise than the tool, or something it did not have. */
  readonly notes: readonly Note[];
  /** What tells two of them on one machine apart: each has a store of its own. */
  readonly identity: readonly string[];
  /** What the tool writes to standard output when it starts. */
  readonly greeting: string;
}

/** Said at a setting of the configuration. */
export interface Note {
  readonly path: readonly (string | number)[];
  /** One line. */
  readonly text: string;
}

/** Help, or what is wrong with the arguments. */
export interface Answer {
  /** For standard error. */
  readonly text: string;
  readonly exitCode: number;
}
