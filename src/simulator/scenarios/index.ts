/** The scenarios, by name. */
import type { Scenario } from '../emission.ts';
import { crashLoopBackOff } from './crash-loop-back-off.ts';
import { cronJob } from './cron-job.ts';
import { eviction } from './eviction.ts';
import { failedScheduling } from './failed-scheduling.ts';
import { hpa } from './hpa.ts';
import { imagePullBackOff } from './image-pull-back-off.ts';
import { nodeNotReady } from './node-not-ready.ts';
import { nodeProblems } from './node-problem-detector.ts';
import { probeFailure } from './probe-failure.ts';
import { quota } from './quota.ts';
import { rollout } from './rollout.ts';
import { volumeTrouble } from './volume-trouble.ts';

export const SCENARIOS = {
  rollout,
  'crash-loop-back-off': crashLoopBackOff,
  'image-pull-back-off': imagePullBackOff,
  'failed-scheduling': failedScheduling,
  'probe-failure': probeFailure,
  'node-not-ready': nodeNotReady,
  'node-problem-detector': nodeProblems,
  'volume-trouble': volumeTrouble,
  hpa,
  'cron-job': cronJob,
  eviction,
  quota,
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;
