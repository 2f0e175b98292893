/** Where an object, or a workload with all that belongs to it, has its page. */
import type { ObjectName } from '../../../src/api/json/client.ts';
import { workloadOf } from '../../../src/core/workload.ts';
import { writtenValue } from '../../../src/lang/short-form-terms.ts';
import { isCel } from '../query/rewrite.ts';

export interface ObjectPlace extends ObjectName {
  /** With what belongs to it. */
  readonly isWorkload: boolean;
}

/** Stands for no namespace, or a kind that is not known, as in the API. */
const NONE = '-';

/** Below the page's own address; undefined for what no path can hold: a browser takes dots for directions. */
export function pathOf({ kind, namespace, name, isWorkload }: ObjectPlace): string | undefined {
  const parts = [kind, namespace, name].map((part) => (part === '' ? NONE : part));
  if (name === '' || parts.some((part) => part === '.' || part === '..')) return undefined;
  return ['objects', ...(isWorkload ? ['workload'] : []), ...parts.map(encodeURIComponent)].join('/');
}

/** From the parts of a path, decoded. */
export function placeOf({ kind, namespace, name }: ObjectName, isWorkload: boolean): ObjectPlace {
  const part = (text: string) => (text === NONE ? '' : text);
  return { kind: part(kind), namespace: part(namespace), name, isWorkload };
}

type Term = readonly [key: string, field: string, values: readonly string[]];

/** The query that finds the same events among all, of those that a query of their own leaves. */
export function queryAbout(place: ObjectPlace, query: string): string {
  const own = query.trim();
  const terms = termsAbout(place);
  if (!isCel(own)) {
    const about = terms.map(([key, , values]) => `${key}:${values.join(',')}`);
    return [...about, ...(own === '' ? [] : [own])].join(' ');
  }
  return `=${terms.map(([, condition]) => condition).join(' && ')} && (${own.slice(1).trim()})`;
}

/** Each in the short form, and as a condition in CEL. */
function termsAbout({ kind, namespace, name, isWorkload }: ObjectPlace): readonly Term[] {
  const is = (key: string, field: string, value: string): Term => [
    key,
    `${field} == ${JSON.stringify(value)}`,
    [writtenValue(value)],
  ];
  const about = 'event.involvedObject';
  const where = namespace === '' ? [] : [is('namespace', `${about}.namespace`, namespace)];
  if (!isWorkload)
    return [...where, ...(kind === '' ? [] : [is('kind', `${about}.kind`, kind)]), is('name', `${about}.name`, name)];
  if (workloadOf({ kind, namespace, name }).name === name) return [...where, is('workload', 'workload', name)];
  // Of what is itself part of a workload, such as a ReplicaSet, by how its Pods are called.
  const exact = JSON.stringify(name);
  const condition = `(${about}.name == ${exact} || ${about}.name.startsWith(${JSON.stringify(`${name}-`)}))`;
  const isPlain = writtenValue(name) === name;
  return [...where, ['name', condition, [writtenValue(name), ...(isPlain ? [`${name}-*`] : [])]]];
}
