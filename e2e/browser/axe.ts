/** What axe-core finds against WCAG 2.0 to 2.2, levels A and AA, in a page as it is. */

import type { AxeResults } from 'axe-core';
import { source } from 'axe-core';
import type { Page } from 'playwright-core';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** A line each: the rule, and where it is broken. `rules`: those alone. */
export async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  // The page's own policy lets no script in that is not its own; what a debugger evaluates is not held to it.
  await page.evaluate(source);
  const results = (await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(rules ?? WCAG)} })`)) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary = '' }) => `${id} ${target.join(' ')}: ${failureSummary.split('\n').at(1)?.trim()}`,
    ),
  );
}
