/** Holds what a cluster has offered against what became of it at a destination. */
import type { Destination } from './destination.ts';
import { tidings } from './tidings.ts';
import { until } from './until.ts';

export interface DeliveryAccount {
  /** Revisions that were written. */
  readonly offered: number;
  /** Of those, how many the destination has taken. */
  readonly delivered: number;
  readonly deadLetters: number;
  /** Neither, which is never right. */
  readonly missing: number;
  /** Both, which is never right for a destination that does not change its mind. */
  readonly both: number;
  /** Taken without having been written, which is never right. */
  readonly unknown: number;
  /** Taken again. */
  readonly twice: number;
  /** Of those, how many after a whole answer had said that they were taken, and without a restart since. */
  readonly unexplained: number;
  /** Taken first after a later revision about the same object. */
  readonly disordered: number;
}

export const EXACT = { missing: 0, both: 0, unknown: 0, unexplained: 0 } as const;

/** Longer than the delay to which back-off grows. */
const SETTLED_MS = 45_000;

/** The keys of what a sink would not take. */
async function deadLetterKeys(dataDir: string, sink: string): Promise<ReadonlySet<string>> {
  const output = await tidings(dataDir, 'dead-letters', 'list', '--sink', sink, '-o', 'json');
  return new Set((JSON.parse(output) as readonly { readonly key: string }[]).map(({ key }) => key));
}

function deliveryAccount(
  offered: ReadonlyMap<string, number>,
  { taken, disordered }: Destination,
  deadLetters: ReadonlySet<string>,
): DeliveryAccount {
  const keys = [...offered.keys()];
  const all = [...taken.values()];
  return {
    offered: offered.size,
    delivered: keys.filter((key) => taken.has(key)).length,
    deadLetters: deadLetters.size,
    missing: keys.filter((key) => !taken.has(key) && !deadLetters.has(key)).length,
    both: [...deadLetters].filter((key) => taken.has(key)).length,
    unknown: [...taken.keys(), ...deadLetters].filter((key) => !offered.has(key)).length,
    twice: all.reduce((sum, { times }) => sum + times - 1, 0),
    unexplained: all.reduce((sum, { unexplained }) => sum + unexplained, 0),
    disordered,
  };
}

/**
 * The account once nothing is missing, or once nothing has changed for longer than back-off waits. Nothing more may be
 * offered meanwhile.
 */
export async function accountWhenSettled(
  offered: ReadonlyMap<string, number>,
  destination: Destination,
  { dataDir, sink }: { readonly dataDir: string; readonly sink: string },
): Promise<DeliveryAccount> {
  const wanted = [...offered.keys()].filter((key) => !destination.refuses(key)).length;
  const delivered = settling(() => wanted - destination.taken.size);
  await until(`sink ${sink} has delivered everything`, delivered, 1_800_000);
  const account = async (): Promise<DeliveryAccount> =>
    deliveryAccount(offered, destination, await deadLetterKeys(dataDir, sink));
  const recorded = settling(async () => (await account()).missing);
  await until(`sink ${sink} has recorded every dead letter`, recorded);
  return account();
}

/** A condition for `until`: nothing is left, or for a while it was no less. */
function settling(left: () => Promise<number> | number): () => Promise<boolean> {
  let least = Number.POSITIVE_INFINITY;
  let changedAt = Date.now();
  return async () => {
    const now = await left();
    if (now < least) changedAt = Date.now();
    least = Math.min(least, now);
    return now <= 0 || Date.now() - changedAt > SETTLED_MS;
  };
}

/** A line a sink. */
export function accountTable(accounts: ReadonlyMap<string, DeliveryAccount>): string {
  const names = ['offered', 'delivered', 'twice', 'deadLetters', 'missing'] as const;
  const heads = ['sink', 'offered', 'delivered', 'twice', 'dead letters', 'missing'];
  const rows = [...accounts].map(([sink, account]) => [sink, ...names.map((name) => String(account[name]))]);
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [heads, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return `${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
