import { expect, test } from 'vitest';
import { severityOf } from './severity.ts';

test.each([
  ['Normal', 'NodeNotReady', 'critical'],
  ['Warning', 'BackOff', 'critical'],
  ['Warning', 'Unhealthy', 'warning'],
  ['Normal', 'ScalingReplicaSet', 'change'],
  ['Normal', 'Pulled', 'normal'],
  ['', '', 'normal'],
])('severityOf a %s %s is %s', (type, reason, severity) => {
  expect(severityOf({ type, reason })).toBe(severity);
});
