/** The store's file within the data directory. */
export const STORE_FILE = 'tidings.db';
