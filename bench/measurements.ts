/**
 * All that is measured, in this order, each a module that is loaded only where it is measured: what a process has beside its
 * own is time that its collector takes from what it measures.
 */
import type { Measurement } from './measurement.ts';

// Those that look at the same million events stand together; start-up adds some to it.
export const MEASUREMENTS: Readonly<Record<string, () => Promise<Measurement>>> = {
  ingest: () => import('./ingest.ts'),
  delivery: () => import('./delivery.ts'),
  enrichment: () => import('./enrichment.ts'),
  memory: () => import('./memory.ts'),
  'first-list': () => import('./first-list.ts'),
  latency: () => import('./latency.ts'),
  isolation: () => import('./isolation.ts'),
  size: () => import('./size.ts'),
  'object-story': () => import('./object-story.ts'),
  queries: () => import('./queries.ts'),
  'event-reads': () => import('./event-reads.ts'),
  page: () => import('./page.ts'),
  'start-up': () => import('./start-up.ts'),
  'event-watches': () => import('./event-watches.ts'),
  timeline: () => import('./timeline.ts'),
};
