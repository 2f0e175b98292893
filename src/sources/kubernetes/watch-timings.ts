/** How a source of one cluster is paced: page sizes, timeouts, pauses. */
export interface WatchTimings {
  /** Events a page of a list. */
  readonly pageLimit: number;
  /** After how long the server is asked to end a watch: drawn anew for each, in whole seconds. */
  readonly watchTimeoutMs: { readonly min: number; readonly max: number };
  /** How much longer a watch may take before its connection is given up as half-open. */
  readonly watchGraceMs: number;
  /** After how much silence of a watch the cluster's resourceVersion is asked for. */
  readonly refreshIntervalMs: number;
  /** Until the headers of a response. */
  readonly headersTimeoutMs: number;
  /** The longest silence within a list. */
  readonly listBodyTimeoutMs: number;
  readonly backoff: { readonly baseMs: number; readonly capMs: number };
  /** The longest that a Retry-After is believed. */
  readonly maxRetryAfterMs: number;
}

/**
 * A position younger than etcd's compaction interval (5 minutes) resumes without a list. In an idle scope its age is at
 * most a whole watch that is lost, plus what the last refresh before it was early: 3 minutes, and twice 40 seconds.
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/storage/storagebackend/config.go (DefaultCompactInterval)
 *
 * A page of 500 cannot walk a large cluster before its continue token expires; 10,000 can.
 * https://github.com/GoogleCloudPlatform/k8s-stackdriver/blob/master/event-exporter/kubernetes/watchers/events/watcher.go
 */
export const DEFAULT_TIMINGS: WatchTimings = {
  pageLimit: 10_000,
  watchTimeoutMs: { min: 120_000, max: 180_000 },
  watchGraceMs: 15_000,
  refreshIntervalMs: 40_000,
  headersTimeoutMs: 60_000,
  listBodyTimeoutMs: 60_000,
  backoff: { baseMs: 500, capMs: 30_000 },
  maxRetryAfterMs: 300_000,
};
