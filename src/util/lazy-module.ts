/** A module that only some runs need: loaded once it is, and used from then on without waiting. */
export interface LazyModule<T> {
  readonly load: () => Promise<void>;
  /** Throws a TypeError before it was loaded. */
  readonly get: () => T;
}

export function lazyModule<T>(importModule: () => Promise<T>): LazyModule<T> {
  let loaded: T | undefined;
  return {
    async load() {
      loaded ??= await importModule();
    },
    get() {
      if (loaded === undefined) throw new TypeError('use a module: found that it is not loaded, want load() before');
      return loaded;
    },
  };
}
