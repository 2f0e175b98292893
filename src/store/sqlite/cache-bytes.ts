/**
 * What the store keeps in memory for speed is bounded by bytes, so that neither the size of the cluster nor that of the
 * file shows: 15 MiB for a writer that reads as well, and 24 at most, since a map may hold its number twice (see
 * TwoGenerationMap). What was forgotten costs a look-up in SQLite, some microseconds.
 */
const MIB = 1024 * 1024;

/**
 * SQLite's pages. A writer's: those that a commit changes, about 700 for 2,000 events, and the inner ones. Of readers a
 * process has up to four; what they do not find is in the system's cache of the file.
 */
export const PAGE_CACHE_BYTES = { writer: 4 * MIB, reader: 2 * MIB } as const;

/** A writer's maps. */
export const CACHE_BYTES = {
  /** 2,500 objects with four events each: those about which something is happening. */
  objects: 3 * MIB,
  /** 2,700 namespaces, kinds and names of nodes. */
  string: 0.5 * MIB,
  /** 3,600 groups. */
  group: 0.75 * MIB,
  /** 1,500 shapes. */
  shape: 0.5 * MIB,
  /** 1,700 messages. */
  template: 0.5 * MIB,
  /** 2,000 groups, as the index of words has them. */
  tokens: 0.25 * MIB,
} as const;

/** A reader's: the objects of 2,000 rows, and what many have in common. */
export const READ_CACHE_BYTES = {
  objects: 0.5 * MIB,
  strings: 0.5 * MIB,
  groups: 0.5 * MIB,
  /** 1,500 namespaces, reasons and kinds. */
  groupStrings: 0.25 * MIB,
  shapes: 0.5 * MIB,
  templates: 0.75 * MIB,
  owners: 0.5 * MIB,
} as const;

/** A slot in a map, a string's header and a small object: what an entry takes besides its characters. */
const ENTRY_BYTES = 150;

export function bytesOfEntry(text: string): number {
  return ENTRY_BYTES + text.length;
}
