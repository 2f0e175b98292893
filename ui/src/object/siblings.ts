import type { ObjectName } from '../../../src/api/json/client.ts';
import type { ObjectSummary } from './object-question.ts';

export interface Sibling extends ObjectName {
  readonly occurrences: number;
  /** Nothing is heard of it any more, after what ended it. */
  readonly isEnded: boolean;
}

/** What else a workload has of the same kind, each once, the last seen first. */
export function siblingsOf({ object, incarnations }: ObjectSummary, self: ObjectName): readonly Sibling[] {
  const found = new Map<string, Sibling>();
  for (const { kind, name, occurrences, end } of incarnations) {
    if (kind !== self.kind || name === self.name) continue;
    const before = found.get(name);
    found.set(name, {
      kind,
      namespace: object.namespace,
      name,
      occurrences: (before?.occurrences ?? 0) + occurrences,
      // The latest of its incarnations comes first.
      isEnded: before?.isEnded ?? end !== undefined,
    });
  }
  return [...found.values()];
}
