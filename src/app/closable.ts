export interface Closable {
  close(): Promise<void>;
}

/** One after the other, in this order. */
export async function closeAll(opened: readonly Closable[]): Promise<void> {
  for (const each of opened) await each.close();
}
