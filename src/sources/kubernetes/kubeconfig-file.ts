import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { type Document, LineCounter, parseAllDocuments, type Tags } from 'yaml';
import { type FieldPath, formatPath } from '../../config/field-tree.ts';
import {
  type KubeconfigCluster,
  type KubeconfigContext,
  type KubeconfigUser,
  kubeconfigSchema,
} from './kubeconfig-schema.ts';

/** Something a kubeconfig file defines, and where. */
export interface Entry<T> {
  readonly value: T;
  /** What relative paths within it start at. */
  readonly directory: string;
  /** `file:line:column: path`, for a message. */
  place(...path: string[]): string;
}

/** What one kubeconfig file says, or several of them merged. */
export interface Kubeconfig {
  readonly currentContext: Entry<string> | undefined;
  readonly contexts: ReadonlyMap<string, Entry<KubeconfigContext>>;
  readonly clusters: ReadonlyMap<string, Entry<KubeconfigCluster>>;
  readonly users: ReadonlyMap<string, Entry<KubeconfigUser>>;
}

/** A kubeconfig, or every problem that keeps the file from being one: `place: found …, want …`, never with a value. */
export type KubeconfigFile =
  | { readonly kubeconfig: Kubeconfig }
  | { readonly problems: readonly string[] }
  | { readonly missing: true };

export async function readKubeconfig(file: string): Promise<KubeconfigFile> {
  try {
    return parseKubeconfig(await readFile(file, 'utf8'), file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT'
      ? { missing: true }
      : { problems: [`${file}: cannot be read: ${code ?? 'unknown error'}`] };
  }
}

/** `file` is the path that `text` was read from. */
export function parseKubeconfig(text: string, file: string): KubeconfigFile {
  const lines = new LineCounter();
  // kubectl reads YAML 1.1 (`yes` is true), takes the last of equal keys and stops at the end of the first document.
  const [document] = parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    customTags: withoutTimes,
    lineCounter: lines,
    prettyErrors: false,
    // A warning would go straight to stderr, quoting what it is about.
    logLevel: 'error',
  });
  if (!document || !('contents' in document)) return { kubeconfig: EMPTY };
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  // Only the first, the others follow from it; and not in the parser's words: they quote what may be a secret.
  const [syntax] = document.errors;
  if (syntax) return { problems: [`${at(syntax.pos[0])}: found ${words(syntax.code)}, want YAML`] };
  const place = (path: FieldPath): string =>
    [at(offsetOf(document, path)), formatPath(path)].filter((part) => part !== '').join(': ');
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    return { problems: [`${file}: found aliases that cannot be resolved, want YAML`] };
  }
  const parsed = v.safeParse(kubeconfigSchema, content ?? {});
  if (!parsed.success) return { problems: parsed.issues.map((issue) => describeIssue(issue, place)) };
  return asKubeconfig(parsed.output, dirname(resolve(file)), place);
}

const EMPTY: Kubeconfig = { currentContext: undefined, contexts: new Map(), clusters: new Map(), users: new Map() };

/** Of entries with the same name the first one counts, as a whole; so does the first current context. */
export function mergeKubeconfigs(kubeconfigs: readonly Kubeconfig[]): Kubeconfig {
  return kubeconfigs.reduce(
    (merged, next) => ({
      currentContext: merged.currentContext ?? next.currentContext,
      contexts: new Map([...next.contexts, ...merged.contexts]),
      clusters: new Map([...next.clusters, ...merged.clusters]),
      users: new Map([...next.users, ...merged.users]),
    }),
    EMPTY,
  );
}

function asKubeconfig(
  content: v.InferOutput<typeof kubeconfigSchema>,
  directory: string,
  place: (path: FieldPath) => string,
): KubeconfigFile {
  const problems: string[] = [];
  const named = <T>(list: string, field: string, items: readonly (readonly [name: string, value: T])[]) => {
    const entries = new Map<string, Entry<T>>();
    for (const [index, [name, value]] of items.entries()) {
      if (entries.has(name)) {
        problems.push(`${place([list, index, 'name'])}: found ${JSON.stringify(name)} again, want a name of its own`);
      }
      entries.set(name, { value, directory, place: (...path) => place([list, index, field, ...path]) });
    }
    return entries;
  };
  const current = content['current-context'];
  const kubeconfig: Kubeconfig = {
    currentContext: current ? { value: current, directory, place: () => place(['current-context']) } : undefined,
    contexts: named(
      'contexts',
      'context',
      content.contexts.map(({ name, context }) => [name, context] as const),
    ),
    clusters: named(
      'clusters',
      'cluster',
      content.clusters.map(({ name, cluster }) => [name, cluster] as const),
    ),
    users: named(
      'users',
      'user',
      content.users.map(({ name, user }) => [name, user] as const),
    ),
  };
  return problems.length > 0 ? { problems } : { kubeconfig };
}

// As for kubectl, something that looks like a date or like minutes and seconds is a text.
function withoutTimes(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || (!tag.tag.endsWith(':timestamp') && tag.format !== 'TIME'));
}

function describeIssue(issue: v.BaseIssue<unknown>, place: (path: FieldPath) => string): string {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  if (issue.kind === 'schema') {
    return `${place(path)}: found ${kindOf(issue.input)}, want ${WANTED[issue.expected ?? ''] ?? issue.expected}`;
  }
  if (issue.message === 'base64') return `${place(path)}: found a text that is not base64, want base64`;
  return `${place(path)}: found ${JSON.stringify(issue.input)}, want ${issue.message}`;
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'a text (in quotes where it could be something else)',
  boolean: 'true or false',
  Array: 'a list',
  unknown: 'a mapping',
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** Where a value starts, or the nearest thing around it that is there: aliases and merged keys have no place of their own. */
function offsetOf(document: Document.Parsed, path: FieldPath): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = nodeAt(document, path.slice(0, length));
    if (node) return node.range[0];
  }
  return 0;
}

function nodeAt(document: Document.Parsed, path: FieldPath): { range: [number, ...unknown[]] } | undefined {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? { range: [range[0]] } : undefined;
}

function words(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}
