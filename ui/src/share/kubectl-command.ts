/** What is shown, with kubectl, as far as that can ask. It has no ranges: it lists what its API server still keeps. */

import { type Term, termsOf } from '../../../src/lang/short-form-terms.ts';
import type { EventRow } from '../api/questions.ts';
import { namespacesOf } from '../api/range-parameters.ts';
import { isCel } from '../query/rewrite.ts';
import { quoted } from './commands.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/ */
const FIELDS: Readonly<Record<string, string>> = {
  reason: 'reason',
  type: 'type',
  kind: 'involvedObject.kind',
  name: 'involvedObject.name',
  uid: 'involvedObject.uid',
};

/** The event with kubectl, wherever that still has it. */
export function kubectlCommand({
  namespace,
  object,
  reason,
}: Pick<EventRow, 'namespace' | 'object' | 'reason'>): string {
  const selector = `involvedObject.name=${escaped(object.name)},reason=${escaped(reason)}`;
  return `kubectl get events -n ${quoted(namespace)} --field-selector ${quoted(selector)}`;
}

/** Undefined for what field selectors cannot say: one or another of a key, wildcards, words, CEL. */
export function kubectlListCommand({ q, ns }: { readonly q: string; readonly ns: string }): string | undefined {
  const terms = isCel(q) ? undefined : termsOf(q).filter(({ key, values }) => key === undefined || values.length > 0);
  // Whether it is a wildcard or a text, a star says more than kubectl can.
  if (!terms || terms.some(({ start, end }) => q.slice(start, end).includes('*'))) return undefined;
  const namespaces = new Set([
    ...namespacesOf(ns),
    ...terms.flatMap((term) => (isNamespace(term) ? term.values.map(({ text }) => text) : [])),
  ]);
  const others = terms.filter((term) => !isNamespace(term));
  const wanted = others.filter(({ isNegated }) => !isNegated).map(({ key }) => key);
  const selectors = others.map(selectorOf);
  const isSaid = selectors.every((selector) => selector !== undefined);
  if (!isSaid || namespaces.size > 1 || new Set(wanted).size < wanted.length) return undefined;
  const [namespace] = namespaces;
  return [
    `kubectl get events ${namespace === undefined ? '-A' : `-n ${quoted(namespace)}`}`,
    ...(selectors.length === 0 ? [] : [`--field-selector ${quoted(selectors.join(','))}`]),
  ].join(' ');
}

function isNamespace({ key, isNegated }: Term): boolean {
  return key === 'namespace' && !isNegated;
}

function selectorOf({ key = '', values, isNegated }: Term): string | undefined {
  const [first = { text: '' }] = values;
  if (!isNegated && values.length > 1) return undefined;
  if (key === 'pod' && !isNegated) return `involvedObject.kind=Pod,involvedObject.name=${escaped(first.text)}`;
  const field = FIELDS[key];
  if (field === undefined) return undefined;
  return values.map(({ text }) => `${field}${isNegated ? '!=' : '='}${escaped(text)}`).join(',');
}

/** A selector ends a value at a comma or an equals sign, unless a backslash stands before it. */
function escaped(value: string): string {
  return value.replaceAll(/[\\,=]/g, '\\$&');
}
