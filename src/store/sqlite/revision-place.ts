import type { EventRow } from './row-reader.ts';

/** What revisions are ordered by when they are read by time; seq only tells those of different clusters apart. */
export type RevisionPlace = readonly [time: number, epoch: number, resourceVersion: number, seq: number];

export function placeOf(row: Pick<EventRow, 'time' | 'epoch' | 'resource_version' | 'seq'>): RevisionPlace {
  return [row.time, row.epoch, row.resource_version, row.seq];
}

export function comparePlaces(a: RevisionPlace, b: RevisionPlace): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** `<time>.<epoch>.<resourceVersion>.<seq>` */
export function printPlace(place: RevisionPlace): string {
  return place.join('.');
}

/** Undefined for what {@link printPlace} did not print. */
export function parsePlace(text: string): RevisionPlace | undefined {
  const match = /^(-?\d{1,16})\.(\d{1,16})\.(\d{1,16})\.(\d{1,16})$/.exec(text);
  if (!match) return undefined;
  const [, time, epoch, resourceVersion, seq] = match.map(Number);
  return [time ?? 0, epoch ?? 0, resourceVersion ?? 0, seq ?? 0];
}
