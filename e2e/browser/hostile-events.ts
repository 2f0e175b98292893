/** What somebody in a cluster may write into an event to harm who reads it. */
import type { Page } from 'playwright-core';
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

const HOSTILE_POD = 'hostile\u202e-7d9f8b6c5-bcdfg';
const WARNING = { afterMs: 0, type: 'Warning', reason: HOSTILE_REASON } as const;

export function hostileEvents(): readonly Emission[] {
  return [
    ...MESSAGES.map((message, index) => ({
      ...WARNING,
      by: { component: 'fuzz', manager: 'fuzz', api: 'v1' } as const,
      about: { kind: 'Pod', namespace: 'default', name: `hostile-${index}`, uid: `hostile-${index}` },
      message,
    })),
    // A Pod of a workload, whose name can be seen no more than its own.
    {
      ...WARNING,
      by: { component: 'fuzz\u202e', manager: 'fuzz', api: 'v1' } as const,
      about: { kind: 'Pod', namespace: 'default', name: HOSTILE_POD, uid: 'hostile-pod' },
      message: 'its name',
    },
  ];
}

/** What the page shows or says of what cannot be seen as if it could: nothing, when it is right. */
export async function hiddenTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`[
    document.body.innerText,
    ...[...document.querySelectorAll('[title], [aria-label]')].flatMap((each) => [each.title, each.ariaLabel ?? '']),
  ].filter((text) => /[\u0000-\u0008\u001b\u200b\u202a-\u202e]/.test(text))`);
}
