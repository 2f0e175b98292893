/**
 * From one YAML file, the environment and flags to one checked value. Whatever is wrong is found in one run: an
 * operator who fixes what is listed does not meet a second list.
 */
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { AppError } from '../core/errors.ts';
import { isObject } from '../util/is-object.ts';
import { environmentVariables, type Field, holdsSecret, isScalar } from './field.ts';
import { type FieldPath, fieldAt, fieldTree, formatPath, valueAt } from './field-tree.ts';
import { type Place, readYaml, type YamlText } from './read-yaml.ts';
import { type FileObserver, readObserved, reasonOf, type SettleContext, settle } from './settle.ts';
import { shown, wish } from './wording.ts';

/** A value given by a flag. */
export interface Override {
  /** As it was typed, `--listen`: messages name it. */
  readonly flag: string;
  readonly path: FieldPath;
  /** As it would be written in the file; undefined when the flag was not given. */
  readonly value: unknown;
}

export interface LoadOptions<TSchema extends v.GenericSchema> {
  /** A strict object made of the kit in `fields.ts`. */
  readonly schema: TSchema;
  /** The file of a flag. Without it, `TIDINGS_CONFIG` names the file; without both, there is none. */
  readonly file?: string;
  /** Read instead of the file, which then is only its name in messages. */
  readonly text?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly overrides?: readonly Override[];
  /** Told of every file that is read, the file itself and those of secrets, with its text; undefined when it cannot be. */
  readonly onFile?: FileObserver;
}

/** A configuration, and what it was made of. */
export interface Loaded<T> {
  readonly config: T;
  /** As it was written, variables filled in and secrets read, without defaults: plain data that can be compared. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The configuration: flags before environment before file before defaults. Settings outside of lists can be set by
 * `TIDINGS_` and their path (`TIDINGS_RETENTION_AGE`); an empty variable counts as unset. Flags that build a list item
 * exclude the same list in the file. Rejects with `CONFIG_INVALID` with every problem, one a line.
 */
export async function loadConfig<TSchema extends v.GenericSchema>(
  options: LoadOptions<TSchema>,
): Promise<Loaded<v.InferOutput<TSchema>>> {
  const loading = new Loading(fieldTree(options.schema), options.onFile);
  loading.readFile(options);
  loading.readEnvironment(options.env);
  loading.readOverrides(options.overrides ?? []);
  await loading.prepare();
  const result = v.safeParse(options.schema, loading.data);
  for (const issue of result.issues ?? []) loading.addIssue(issue);
  const problems = loading.problems();
  if (result.success && problems.length === 0) return { config: result.output, data: loading.data };
  throw new AppError('CONFIG_INVALID', problems.join('\n'));
}

interface Problem {
  readonly place: Place;
  readonly path: FieldPath;
  readonly line: string;
}

// After every problem of the file.
const OUTSIDE: Place = { line: Number.POSITIVE_INFINITY, column: 0 };

class Loading {
  data: Record<string, unknown> = {};
  readonly #root: Field;
  readonly #onFile: FileObserver;
  readonly #problems: Problem[] = [];
  /** Variable or flag that set a path, by path. */
  readonly #setters = new Map<string, string>();
  /** What was written where variables were filled in, by path. */
  readonly #written = new Map<string, string>();
  readonly #needed = new Set<() => Promise<void>>();
  #label = 'config';
  #yaml: YamlText | undefined;

  constructor(root: Field, onFile: FileObserver = () => {}) {
    this.#root = root;
    this.#onFile = onFile;
  }

  readFile(options: LoadOptions<v.GenericSchema>): void {
    const { env } = options;
    const file = options.file ?? (env['TIDINGS_CONFIG'] || undefined);
    this.#label = file ?? this.#label;
    const text = options.text ?? (file === undefined ? undefined : this.#contents(file, options.file === undefined));
    if (text === undefined) return;
    this.#yaml = readYaml(text);
    for (const { path, text: problem, ...place } of this.#yaml.problems) {
      this.#add(place, path, this.#at(place), labelled(path, problem));
    }
    const found = this.#yaml.data ?? {};
    if (isObject(found)) {
      const directory = options.text === undefined && file !== undefined ? dirname(resolve(file)) : process.cwd();
      this.data = this.#settle(found, [], { variables: env, directory }) as Record<string, unknown>;
    } else if (this.#yaml.problems.length === 0) {
      this.#report([], 'value', `found ${Array.isArray(found) ? 'a list' : 'a text'}, want a mapping of settings`);
    }
  }

  readEnvironment(env: Readonly<Record<string, string | undefined>>): void {
    // Unknown TIDINGS_ variables are no problem: for a Service named tidings, Kubernetes itself sets TIDINGS_PORT and more
    // (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
    for (const { name, path } of environmentVariables(this.#root)) {
      if (env[name]) this.#set(path, env[name], name);
    }
  }

  readOverrides(overrides: readonly Override[]): void {
    const given = overrides.filter((override) => override.value !== undefined);
    const lists = new Set(given.flatMap(({ path }) => listsAbove(path)));
    const taken = [...lists].filter((list) => this.#yaml !== undefined && Object.hasOwn(this.data, list));
    for (const { flag, path, value } of given) {
      const list = taken.find((name) => listsAbove(path).includes(name));
      if (list === undefined) {
        this.#set(path, value, flag);
        continue;
      }
      const place = this.#at(this.#yaml?.placeOf([list], 'key') ?? OUTSIDE);
      this.#add(OUTSIDE, path, flag, `${list} is set in ${place} as well, want one of the two`);
    }
  }

  /** Loads what the values there are need to be checked. */
  async prepare(): Promise<void> {
    await Promise.all([...this.#needed].map((prepare) => prepare()));
  }

  addIssue(issue: v.BaseIssue<unknown>): void {
    const path = issue.path?.map(({ key }) => key as string | number) ?? [];
    // What has a problem already may have been left out for it.
    if (issue.input === undefined && this.#problems.some((problem) => isSame(problem.path, path))) return;
    const field = this.#fieldAt(path);
    const isRule = !isScalar(field) && issue.kind === 'validation';
    // What a rule over several settings looks at may have been misread.
    if ((isRule || issue.type === 'raw_check') && this.#isMisread(path)) return;
    if (isRule) this.#report(path, 'key', issue.message);
    else this.#report(path, 'value', this.#judgement(issue, field, path));
  }

  /** In the order of the file; then those of variables and flags. */
  problems(): string[] {
    const sorted = this.#problems.toSorted((a, b) =>
      a.place.line === b.place.line ? a.place.column - b.place.column : a.place.line - b.place.line,
    );
    return [...new Set(sorted.map((problem) => problem.line))];
  }

  #contents(file: string, fromEnvironment: boolean): string | undefined {
    try {
      return readObserved(file, this.#onFile);
    } catch (error) {
      const where = fromEnvironment ? `TIDINGS_CONFIG: ${file}` : file;
      this.#add({ line: 0, column: 0 }, [], where, `cannot be read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  #set(path: FieldPath, value: unknown, setter: string): void {
    this.#setters.set(JSON.stringify(path), setter);
    const settled = this.#settle(value, path, { variables: undefined, directory: process.cwd() });
    if (settled !== undefined) put(this.data, path, settled);
  }

  #fieldAt(path: FieldPath): Field {
    const field = fieldAt(this.#root, path, this.data);
    if (!field) throw new TypeError(`the schema has no setting ${formatPath(path)}`);
    return field;
  }

  #settle(value: unknown, path: FieldPath, options: Pick<SettleContext, 'variables' | 'directory'>): unknown {
    return settle(value, this.#fieldAt(path), path, {
      ...options,
      onFile: this.#onFile,
      report: (at, part, text) => this.#report(at, part, text),
      needed: (prepare) => this.#needed.add(prepare),
      filled: (at, written) => this.#written.set(JSON.stringify(at), written),
    });
  }

  #report(path: FieldPath, part: 'key' | 'value', text: string): void {
    const setter = this.#setterOf(path);
    if (setter !== undefined) {
      // Variables before flags, as they were read.
      const place = { ...OUTSIDE, column: [...this.#setters.values()].indexOf(setter) };
      this.#add(place, path, setter, text);
      return;
    }
    const place = this.#yaml?.placeOf(path, part) ?? OUTSIDE;
    if (this.#yaml?.brokenFromLine !== undefined && place.line >= this.#yaml.brokenFromLine) return;
    this.#add(place, path, place === OUTSIDE ? this.#label : this.#at(place), labelled(path, text));
  }

  #add(place: Place, path: FieldPath, where: string, text: string): void {
    this.#problems.push({ place, path, line: `${where}: ${text}` });
  }

  #at(place: Place): string {
    return `${this.#label}:${place.line}:${place.column}`;
  }

  #setterOf(path: FieldPath): string | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const setter = this.#setters.get(JSON.stringify(path.slice(0, length)));
      if (setter !== undefined) return setter;
    }
    return undefined;
  }

  #judgement(issue: v.BaseIssue<unknown>, field: Field, path: FieldPath): string {
    // As it was written: what is checked may have been made of it.
    const input = isScalar(field) ? valueAt(this.data, path) : issue.input;
    const found = this.#found(input, field, path);
    // What cannot be turned into something may be quoted by the reason.
    const quotes = issue.type === 'raw_transform' && !this.#mayBeShown(field, path);
    if (quotes || !speaksForItself(issue)) return `${found}, ${wish(input, field)}`;
    return issue.message.startsWith('want ') ? `${found}, ${issue.message}` : issue.message;
  }

  #found(input: unknown, field: Field, path: FieldPath): string {
    if (input === undefined) return 'missing';
    if (input === null) return 'found nothing';
    if (Array.isArray(input)) return 'found a list';
    if (typeof input === 'object') return 'found a mapping';
    if (this.#isMisread(path)) return 'found a text';
    if (holdsSecret(field)) return 'found (secret)';
    const written = this.#writtenAt(path);
    if (written !== undefined) return `found ${shown(written)} once filled in`;
    if (typeof input === 'number' || typeof input === 'boolean') return `found the ${typeof input} ${input}`;
    return typeof input === 'string' ? `found ${shown(input)}` : 'found something else';
  }

  /** Whether a message may quote the value at a path. */
  #mayBeShown(field: Field, path: FieldPath): boolean {
    return !this.#isMisread(path) && !holdsSecret(field) && this.#writtenAt(path) === undefined;
  }

  /** Where a quote is not closed, a text may hold the rest of the file. */
  #isMisread(path: FieldPath): boolean {
    return this.#setterOf(path) === undefined && this.#yaml?.brokenFromLine !== undefined;
  }

  /** The text that variables were filled into: what a variable holds may be secret wherever it is used. */
  #writtenAt(path: FieldPath): string | undefined {
    return this.#setterOf(path) === undefined ? this.#written.get(JSON.stringify(path)) : undefined;
  }
}

/** Whether an issue has words of its own: those that valibot gives to all the others begin in one way. */
function speaksForItself(issue: v.BaseIssue<unknown>): boolean {
  return !issue.message.startsWith('Invalid ');
}

/** The top-level lists that a path leads through. */
function listsAbove(path: FieldPath): string[] {
  return typeof path[0] === 'string' && typeof path[1] === 'number' ? [path[0]] : [];
}

function isSame(a: FieldPath, b: FieldPath): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

function labelled(path: FieldPath, text: string): string {
  return path.length === 0 ? text : `${formatPath(path)}: ${text}`;
}

// Makes the mappings and lists on the way. Where something else is in the way, that is a problem of its own.
function put(data: Record<string, unknown>, path: FieldPath, value: unknown): void {
  let target: Record<string | number, unknown> = data;
  for (const [index, key] of path.slice(0, -1).entries()) {
    target[key] ??= typeof path[index + 1] === 'number' ? [] : {};
    const next = target[key];
    if (typeof next !== 'object' || next === null) return;
    target = next as Record<string | number, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined) target[last] = value;
}
