import type { SourceMetrics } from '../sources/kubernetes/source-metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** What a cluster's source counts, as metrics labelled with the cluster. */
export function sourceMetrics(metrics: Metrics, cluster: string): SourceMetrics {
  return {
    received: (bytes) => metrics.receivedBytes.inc({ cluster }, bytes),
    frames: (type, count) => metrics.frames.inc({ cluster, type }, count),
    skipped: (cause) => metrics.framesSkipped.inc({ cluster, cause }),
    listed: () => metrics.lists.inc({ cluster }),
    watchStarted: () => metrics.watches.inc({ cluster }),
    deleted: (deleteClass, count) => metrics.deletes.inc({ cluster, class: deleteClass }, count),
    broke: (cause) => metrics.breaks.inc({ cluster, cause }),
  };
}
