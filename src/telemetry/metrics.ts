/**
 * Everything Tidings counts about itself. Names and units follow the conventions that `promtool check metrics` checks:
 * https://prometheus.io/docs/practices/naming/
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { addProcessMetrics } from './process-metrics.ts';

/** How many label combinations `tidings_event_occurrences_total` may have before the rest is counted as `other`. */
export const MAX_OCCURRENCE_SERIES = 2_000;

const OCCURRENCE_LABELS = ['cluster', 'namespace', 'kind', 'reason', 'type'] as const;
export type OccurrenceLabels = Readonly<Record<(typeof OCCURRENCE_LABELS)[number], string>>;

export interface Metrics {
  readonly registry: Registry;
  readonly countOccurrences: (labels: OccurrenceLabels, occurrences: number) => void;
  readonly recordsStored: Counter<'cluster' | 'origin'>;
  readonly recordsRepeated: Counter<'cluster'>;
  readonly commitDuration: Histogram;
  readonly commitFailures: Counter<'code'>;
  readonly pendingRecords: Gauge;
  readonly expiredRevisions: Counter;
  readonly frames: Counter<'cluster' | 'type'>;
  readonly framesSkipped: Counter<'cluster' | 'cause'>;
  readonly receivedBytes: Counter<'cluster'>;
  readonly lists: Counter<'cluster'>;
  readonly watches: Counter<'cluster'>;
  readonly deletes: Counter<'cluster' | 'class'>;
  readonly breaks: Counter<'cluster' | 'cause'>;
}

/** The collector's metrics, in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name, help, labelNames: [...labelNames], registers });
  return {
    registry,
    countOccurrences: occurrenceCounter(registry),
    recordsStored: counter('tidings_records_stored_total', 'Event revisions committed to the store.', [
      'cluster',
      'origin',
    ]),
    recordsRepeated: counter('tidings_records_repeated_total', 'Event revisions offered again and skipped.', [
      'cluster',
    ]),
    commitDuration: new Histogram({
      name: 'tidings_commit_duration_seconds',
      help: 'Time to make one group of records durable.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    commitFailures: counter('tidings_commit_failures_total', 'Commits that failed and were tried again.', ['code']),
    pendingRecords: new Gauge({
      name: 'tidings_pending_records',
      help: 'Records received and not yet committed.',
      registers,
    }),
    expiredRevisions: counter('tidings_expired_revisions_total', 'Event revisions deleted by retention.'),
    frames: counter('tidings_watch_frames_total', 'Watch frames received, by type.', ['cluster', 'type']),
    framesSkipped: counter(
      'tidings_watch_frames_skipped_total',
      'Watch frames and list items that could not be stored.',
      ['cluster', 'cause'],
    ),
    receivedBytes: counter('tidings_received_bytes_total', 'Bytes of watch and list responses, after decompression.', [
      'cluster',
    ]),
    lists: counter('tidings_lists_total', 'Complete lists of a scope.', ['cluster']),
    watches: counter('tidings_watches_total', 'Watches begun.', ['cluster']),
    deletes: counter(
      'tidings_event_deletes_total',
      'Events that went away at the API server: expired, deleted or unclassified.',
      ['cluster', 'class'],
    ),
    breaks: counter('tidings_coverage_breaks_total', 'Breaks entered in the coverage ledger.', ['cluster', 'cause']),
  };
}

/** Of the process itself, and which version it is. */
export function createProcessRegistry(version: string): Registry {
  const registry = new Registry();
  addProcessMetrics(registry);
  new Gauge({
    name: 'tidings_build_info',
    help: 'The running version.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  return registry;
}

/** How reading the configuration again went, by the names that Prometheus has for it: one call an attempt. */
export function createReloadMetrics(registry: Registry): (isSuccessful: boolean) => void {
  const registers = [registry];
  const successful = new Gauge({
    name: 'tidings_config_last_reload_successful',
    help: 'Whether the configuration could be used when it was read last; 0: the one before stays in force.',
    registers,
  });
  const timestamp = new Gauge({
    name: 'tidings_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration in force was read, or read again and found usable.',
    registers,
  });
  return (isSuccessful) => {
    successful.set(isSuccessful ? 1 : 0);
    if (isSuccessful) timestamp.setToCurrentTime();
  };
}

/**
 * Reasons and namespaces come from outside: whatever is beyond the bound is counted under `other`, never dropped. The
 * counter is told when it is read, since it looks its labels up each time, and there is one call for each event.
 */
function occurrenceCounter(registry: Registry): Metrics['countOccurrences'] {
  const counted = new Map<string, Counted>();
  const others = new Map<string, Counted>();
  new Counter({
    name: 'tidings_event_occurrences_total',
    help: 'Occurrences of events: a count going from 7 to 12 adds 5.',
    labelNames: [...OCCURRENCE_LABELS],
    registers: [registry],
    collect() {
      for (const series of [...counted.values(), ...others.values()]) {
        this.inc(series.labels, series.occurrences);
        series.occurrences = 0;
      }
    },
  });
  return (labels, occurrences) => {
    const { cluster, namespace, kind, reason, type } = labels;
    const key = `${cluster}\n${namespace}\n${kind}\n${reason}\n${type}`;
    const series =
      counted.get(key) ??
      (counted.size < MAX_OCCURRENCE_SERIES
        ? added(counted, key, labels)
        : (others.get(cluster) ??
          added(others, cluster, { cluster, namespace: 'other', kind: 'other', reason: 'other', type: 'other' })));
    series.occurrences += occurrences;
  };
}

interface Counted {
  readonly labels: OccurrenceLabels;
  /** Since the counter was told. */
  occurrences: number;
}

function added(series: Map<string, Counted>, key: string, labels: OccurrenceLabels): Counted {
  const counted = { labels, occurrences: 0 };
  series.set(key, counted);
  return counted;
}
