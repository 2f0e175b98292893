/** All that is measured, in this order. */
import { delivery } from './delivery.ts';
import { enrichment } from './enrichment.ts';
import { eventReads } from './event-reads.ts';
import { eventWatches } from './event-watches.ts';
import { firstList } from './first-list.ts';
import { ingest } from './ingest.ts';
import { isolation } from './isolation.ts';
import { latency } from './latency.ts';
import type { Measurement } from './measurement.ts';
import { memory } from './memory.ts';
import { objectStory } from './object-story.ts';
import { page } from './page.ts';
import { queries } from './queries.ts';
import { size } from './size.ts';
import { startUp } from './start-up.ts';
import { timeline } from './timeline.ts';

// Those that look at the same million events stand together; start-up adds some to it.
export const MEASUREMENTS: readonly Measurement[] = [
  ingest,
  delivery,
  enrichment,
  memory,
  firstList,
  latency,
  isolation,
  size,
  objectStory,
  queries,
  eventReads,
  page,
  startUp,
  eventWatches,
  timeline,
];
