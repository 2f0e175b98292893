/** What events are counted by. */
export const DIMENSIONS = ['severity', 'type', 'reason', 'namespace', 'kind', 'cluster'] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** Of which the values that begin with something are known: dimensions, and the names of what events are about. */
export const COMPLETED_FIELDS = [...DIMENSIONS, 'name', 'pod', 'node', 'workload'] as const;

export type CompletedField = (typeof COMPLETED_FIELDS)[number];

/** So many values of a dimension, or steps of time, are told at once. */
export const MOST_COUNTS = 1_000;
