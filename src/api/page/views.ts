/** What the page can show: the first part of its paths, which no other API on the address has. */
export const VIEWS = ['explore', 'timeline', 'objects', 'coverage', 'sinks'] as const;
