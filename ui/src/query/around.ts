import { type NamedObject, workloadOf } from '../../../src/core/workload.ts';

interface Involved {
  readonly object: NamedObject;
  readonly node: string;
}

const ABOUT = 'event.involvedObject';

/** In CEL, since the short form has no OR of two keys: what warns of the same workload or node. */
export function queryAround({ object, node }: Involved): string {
  const near = [`${ABOUT}.namespace == ${text(object.namespace)} && workload == ${text(workloadOf(object).name)}`];
  if (node !== '')
    near.push(`${ABOUT}.kind == "Node" && ${ABOUT}.name == ${text(node)}`, `event.source.host == ${text(node)}`);
  return `=severity != "normal" && (${near.map((each) => `(${each})`).join(' || ')})`;
}

function text(value: string): string {
  return JSON.stringify(value);
}
