import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What one sink counts. */
export interface SinkMetrics {
  /** One record was taken by the destination, so many seconds after it was received. */
  delivered(seconds: number): void;
  /** One record became a dead letter. */
  rejected(): void;
  /** So many records do not lead to the sink. */
  filtered(records: number): void;
  /** So many records, at most, were deleted before the sink had them. */
  missed(records: number): void;
  /** So many items of a batch were not delivered, for a reason of the closed list. */
  failed(reason: string, items: number): void;
  /** A batch came back after so many seconds. */
  batch(seconds: number): void;
}

export interface DeliveryMetrics {
  readonly registry: Registry;
  /** The metrics of the sink with this name. */
  sink(name: string): SinkMetrics;
  readonly lagRecords: Gauge<'sink'>;
  readonly lagSeconds: Gauge<'sink'>;
}

/** The metrics of delivery, in a registry of their own. */
export function createDeliveryMetrics(): DeliveryMetrics {
  const registry = new Registry();
  const registers = [registry];
  const records = new Counter({
    name: 'tidings_sink_records_total',
    help: 'Records that are done, by what became of them: delivered, rejected (dead letters), filtered (by routes) or missed (deleted before; at most).',
    labelNames: ['sink', 'outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'tidings_sink_failures_total',
    help: 'Attempts that did not deliver a record, by reason.',
    labelNames: ['sink', 'reason'],
    registers,
  });
  const requests = new Histogram({
    name: 'tidings_sink_batch_duration_seconds',
    help: 'Time a destination took to answer for a batch.',
    labelNames: ['sink'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const latency = new Histogram({
    name: 'tidings_sink_latency_seconds',
    help: 'Time from receiving a record to its delivery.',
    labelNames: ['sink'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600, 86_400],
    registers,
  });
  return {
    registry,
    lagRecords: new Gauge({
      name: 'tidings_sink_lag_records',
      help: 'Records in the log after the last one the sink is done with.',
      labelNames: ['sink'],
      registers,
    }),
    lagSeconds: new Gauge({
      name: 'tidings_sink_lag_seconds',
      help: 'How long ago the oldest record was received that the sink is not done with; 0 when there is none.',
      labelNames: ['sink'],
      registers,
    }),
    sink(sink) {
      const delivered = records.labels(sink, 'delivered');
      const rejected = records.labels(sink, 'rejected');
      const filtered = records.labels(sink, 'filtered');
      const missed = records.labels(sink, 'missed');
      const delay = latency.labels(sink);
      const duration = requests.labels(sink);
      return {
        delivered(seconds) {
          delivered.inc();
          delay.observe(seconds);
        },
        rejected: () => rejected.inc(),
        filtered: (count) => filtered.inc(count),
        missed: (count) => missed.inc(count),
        failed: (reason, items) => failures.labels(sink, reason).inc(items),
        batch: (seconds) => duration.observe(seconds),
      };
    },
  };
}
