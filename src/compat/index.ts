import { eventCollector } from './event-collector/event-collector.ts';
import type { Personality } from './personality.ts';

/** The tools that Tidings runs in place of. */
export const PERSONALITIES: readonly Personality[] = [eventCollector];
