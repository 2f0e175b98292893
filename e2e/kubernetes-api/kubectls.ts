/** Two versions of kubectl, and what can be compared of what they print. */
import { command } from '../clients/installation.ts';
import { binary } from '../cluster/binaries.ts';

/** Of the cluster's minor version, and of the one before it. */
export const KUBECTLS = { kubectl: () => binary('kubectl'), 'older kubectl': () => command('kubectl')[0] } as const;
export type Kubectl = keyof typeof KUBECTLS;

/** Each line of arguments for each kubectl. */
export function byBoth(lines: readonly (readonly [string])[]): readonly (readonly [Kubectl, string])[] {
  const kubectls = Object.keys(KUBECTLS) as readonly Kubectl[];
  return lines.flatMap(([line]) => kubectls.map((kubectl) => [kubectl, line] as const));
}

/** What kubectl prints, without what Tidings alone warns of: that history begins with it. */
export function withoutWarnings(printed: string): string {
  return printed.replace(/^Warning: history begins at .*\n/gm, '');
}

/** The same line by line, without the ages, which are another every second. */
export function rows(printed: string): readonly string[] {
  const lines = withoutWarnings(printed)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('LAST SEEN'));
  return lines.map((line) =>
    line
      .replace(/\b\d+[smhd](?:\d+[smh])?\b/g, 'AGE')
      .trimEnd()
      .replace(/ {2,}/g, '  '),
  );
}
