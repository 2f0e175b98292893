/** Gives each use something newly opened, and closes it afterwards. */
export function useOpened<C extends { close(): Promise<void> }>(open: () => Promise<C>) {
  return async <T>(use: (opened: C) => Promise<T>): Promise<T> => {
    const opened = await open();
    try {
      return await use(opened);
    } finally {
      await opened.close();
    }
  };
}
