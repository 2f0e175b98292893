import type { Outcome } from '../component/sink.ts';

/**
 * Sends items at once, and in halves where the answer is `split`, so that one item that is refused takes no others with
 * it. The second half is not sent before the first is there, nor after that has to wait. A single item is never split:
 * `send` says what became of it.
 */
export async function splitBatch<T>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<readonly Outcome[] | 'split'>,
): Promise<readonly Outcome[]> {
  const outcomes = await send(items);
  if (outcomes !== 'split') return outcomes;
  const middle = Math.ceil(items.length / 2);
  const first = await splitBatch(items.slice(0, middle), send);
  const second = items.slice(middle);
  const last = first.at(-1);
  return [...first, ...(last?.status === 'retry' ? second.map(() => last) : await splitBatch(second, send))];
}
