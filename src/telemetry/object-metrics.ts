import { Counter, Gauge, type Registry } from 'prom-client';

/** What is counted of looking up the objects that events are about. */
export interface ObjectMetrics {
  readonly lookups: Counter<'cluster' | 'outcome'>;
  readonly requests: Counter<'cluster' | 'verb'>;
  /** Measured by `onCollect` whenever they are asked for. */
  readonly objects: Gauge<'cluster' | 'state'>;
  readonly bytes: Gauge<'cluster'>;
}

export function createObjectMetrics(registry: Registry, onCollect: (metrics: ObjectMetrics) => void): ObjectMetrics {
  const registers = [registry];
  const metrics: ObjectMetrics = {
    lookups: new Counter({
      name: 'tidings_object_lookups_total',
      help: 'Involved objects looked up for records, by what came of it: hit (known), miss (asked for and found), gone, refused (by RBAC), late (not in time) or unknown (the event does not say which).',
      labelNames: ['cluster', 'outcome'],
      registers,
    }),
    requests: new Counter({
      name: 'tidings_object_requests_total',
      help: 'Requests for metadata of objects, by verb: get, list (pages) or watch.',
      labelNames: ['cluster', 'verb'],
      registers,
    }),
    objects: new Gauge({
      name: 'tidings_object_cache_objects',
      help: 'Objects whose metadata is kept in memory, alive or deleted.',
      labelNames: ['cluster', 'state'],
      registers,
      collect: () => onCollect(metrics),
    }),
    bytes: new Gauge({
      name: 'tidings_object_cache_bytes',
      help: 'What the metadata in memory takes, about.',
      labelNames: ['cluster'],
      registers,
    }),
  };
  return metrics;
}
