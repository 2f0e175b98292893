import * as v from 'valibot';
import { type FieldPath, valueAt } from './field-tree.ts';

export interface RuleProblem {
  /** From the value that the rule is on. */
  readonly path: FieldPath;
  /** One that begins with "want " is shown behind what was found at the path. It does not quote any value. */
  readonly message: string;
}

/**
 * For a pipe: a rule over several settings, which may find problems anywhere below. It sees the value also when parts
 * of it are wrong, then as far as they were read.
 */
export function rule<TInput>(find: (value: unknown) => Iterable<RuleProblem>) {
  return v.rawCheck<TInput>(({ dataset, addIssue }) => {
    for (const { path, message } of find(dataset.value)) {
      const [first, ...others] = path.map((key, index) => itemOf(dataset.value, path.slice(0, index), key));
      addIssue(first ? { message, path: [first, ...others] } : { message });
    }
  });
}

function itemOf(root: unknown, above: FieldPath, key: string | number): v.IssuePathItem {
  return { type: 'unknown', origin: 'value', input: valueAt(root, above), key, value: valueAt(root, [...above, key]) };
}
