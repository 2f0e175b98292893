/**
 * Has what comes while a write is under way written by the next one, as one: each costs an fsync, and holds up whoever
 * else writes. Resolves when it is written; rejects for all that was written together.
 */
export function groupWrites<T>(write: (items: readonly T[]) => Promise<void>): (items: readonly T[]) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let next: { readonly items: T[]; readonly written: Promise<void> } | undefined;
  const begin = () => {
    const items: T[] = [];
    const written = last.then(() => {
      next = undefined;
      return write(items);
    });
    last = written.catch(() => {});
    return { items, written };
  };
  return (items) => {
    next ??= begin();
    next.items.push(...items);
    return next.written;
  };
}
