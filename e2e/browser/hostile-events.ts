/** What somebody in a cluster may write into an event to harm who reads it. */
import type { Emission } from '../../src/simulator/emission.ts';

const MESSAGES = [
  '<script>alert(document.cookie)</script><img src=x onerror=alert(1)>',
  'user \u202egnp.exe\u202c uploaded',
  '\u001b[31mERROR\u001b[0m \u001b]8;;http://evil.test\u0007click',
  'nul \u0000 bell \u0007 zero\u200bwidth',
  'מידע: הפוד נכשל בהפעלה',
  '👩‍🚀 Z\u0335\u0321a\u0335l\u0335g\u0335o\u0335',
  'x'.repeat(1_000),
];

export const HOSTILE_REASON = 'Hostile';

export function hostileEvents(): readonly Emission[] {
  return MESSAGES.map((message, index) => ({
    afterMs: 0,
    by: { component: 'fuzz', manager: 'fuzz', api: 'v1' },
    about: { kind: 'Pod', namespace: 'default', name: `hostile-${index}`, uid: `hostile-${index}` },
    type: 'Warning',
    reason: HOSTILE_REASON,
    message,
  }));
}
