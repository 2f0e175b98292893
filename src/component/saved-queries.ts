/** A question that somebody wants to ask again. Texts as they were typed. */
export interface SavedQuery {
  readonly name: string;
  readonly q?: string;
  readonly cel?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cluster?: readonly string[];
  readonly namespace?: readonly string[];
  /** In milliseconds. */
  readonly savedAt: number;
}

/** Rejects with an AppError of a `STORE_…` code, or USAGE when there are too many. */
export interface SavedQueries {
  /** By name. */
  list(): Promise<readonly SavedQuery[]>;
  /** In place of the one of that name. */
  put(query: SavedQuery): Promise<void>;
  /** Resolves with whether there was one. */
  remove(name: string): Promise<boolean>;
}
