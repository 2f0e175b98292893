import { describe, expect, test } from 'vitest';
import { ReplaceableStore } from './replaceable-store.ts';

/** A file that another may take the place of, and what was closed of those that were opened. */
function replaceable() {
  const file = { content: 'a' as string | undefined };
  const closed: string[] = [];
  const stores = new ReplaceableStore({
    open() {
      if (file.content === undefined) throw new Error('no file');
      return { content: file.content };
    },
    requireInPlace({ content }) {
      if (content !== file.content) throw new Error('another file');
    },
    close: async ({ content }) => void closed.push(content),
  });
  return { file, closed, stores };
}

describe('ReplaceableStore', () => {
  test('opens what is there once, until another takes its place, and closes each', async () => {
    const { file, closed, stores } = replaceable();
    const first = stores.current();
    expect(stores.current()).toBe(first);
    file.content = 'b';
    expect(stores.current()).toEqual({ content: 'b' });
    await stores.close();
    expect(closed).toEqual(['a', 'b']);
  });

  test('throws while nothing is there, and goes on with what comes back', async () => {
    const { file, closed, stores } = replaceable();
    const first = stores.current();
    file.content = undefined;
    expect(() => stores.current()).toThrow('no file');
    file.content = 'a';
    expect(stores.current()).toBe(first);
    expect(closed).toEqual([]);
    await stores.close();
  });

  test('closes nothing where nothing could be opened', async () => {
    const { file, closed, stores } = replaceable();
    file.content = undefined;
    expect(() => stores.current()).toThrow('no file');
    await stores.close();
    expect(closed).toEqual([]);
  });
});
