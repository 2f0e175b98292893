/**
 * YAML text to plain data with the place of every key and value. Only what a configuration needs: strings, numbers,
 * booleans, null, mappings, lists and aliases. No message quotes the document, since what stands at the place of an
 * error may be a secret.
 */
import {
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { FieldPath } from './field-tree.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Place {
  /** Of the value it is about; empty for what only the parser knows. */
  readonly path: FieldPath;
  readonly text: string;
}

export interface YamlText {
  /** Mappings have no prototype, so that no key is special. */
  readonly data: unknown;
  /** Empty when the text is sound; otherwise `data` is incomplete. */
  readonly problems: readonly YamlProblem[];
  /**
   * From this line on the text may have been misread, and a value that starts before it may reach past it. Undefined
   * when the structure is sound.
   */
  readonly brokenFromLine: number | undefined;
  /** Where the value at a path stands, or its key; for a path that is not in the text, its nearest ancestor. */
  placeOf(path: FieldPath, part: 'key' | 'value'): Place;
}

// Aliases can make a small text large: https://en.wikipedia.org/wiki/Billion_laughs_attack
const MAX_VALUES = 100_000;
const MAX_DEPTH = 64;

/** Never throws. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const document = parseDocument<ParsedNode>(text, {
      lineCounter: lines,
      prettyErrors: false,
      resolveKnownTags: false,
      stringKeys: true,
      uniqueKeys: false,
      logLevel: 'error',
    });
    const errors = [...document.errors, ...document.warnings];
    const broken = errors.filter(({ code }) => !HARMLESS.has(code)).map(({ pos }) => placeAt(pos[0]).line);
    const problems = firstOfEachLine(
      errors.map((error) => ({ ...placeAt(error.pos[0]), path: [], text: `not valid YAML: ${describe(error)}` })),
    );
    const reader = new Reader(placeAt, problems);
    const data = reader.read(document.contents);
    return {
      data,
      problems,
      brokenFromLine: broken.length === 0 ? undefined : Math.min(...broken),
      placeOf: (path, part) => reader.placeOf(path, part),
    };
  } catch (error) {
    // The parser recurses, and so does the reader: neither has another way to fail.
    if (!(error instanceof RangeError)) throw error;
    const start = { line: 1, column: 1 };
    const problem = { ...start, path: [], text: 'not valid YAML: nested too deeply' };
    return { data: undefined, problems: [problem], brokenFromLine: 1, placeOf: () => start };
  }
}

class Reader {
  readonly #placeAt: (offset: number) => Place;
  readonly #problems: YamlProblem[];
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #open = new Set<ParsedNode>();
  readonly #keys = new Map<string, Place>();
  readonly #values = new Map<string, Place>();
  #count = 0;

  constructor(placeAt: (offset: number) => Place, problems: YamlProblem[]) {
    this.#placeAt = placeAt;
    this.#problems = problems;
  }

  placeOf(path: FieldPath, part: 'key' | 'value'): Place {
    const id = JSON.stringify(path);
    const place = (part === 'key' ? this.#keys.get(id) : undefined) ?? this.#values.get(id);
    if (place) return place;
    return path.length === 0 ? { line: 1, column: 1 } : this.placeOf(path.slice(0, -1), 'value');
  }

  read(node: ParsedNode | null): unknown {
    return node === null ? null : this.#value(node, []);
  }

  #value(node: ParsedNode, path: FieldPath): unknown {
    this.#values.set(JSON.stringify(path), this.#placeAt(node.range[0]));
    this.#count += 1;
    if (this.#count > MAX_VALUES || path.length > MAX_DEPTH) {
      if (this.#count !== Number.POSITIVE_INFINITY) {
        this.#problem(
          node,
          path,
          `more than ${MAX_VALUES} values, aliases included, or nested more than ${MAX_DEPTH} deep`,
        );
      }
      this.#count = Number.POSITIVE_INFINITY;
      return undefined;
    }
    if (isAlias(node)) return this.#alias(node, path);
    if (node.anchor) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    this.#open.add(node);
    const value = isSeq(node) ? this.#list(node.items, path) : isMap(node) ? this.#mapping(node, path) : undefined;
    this.#open.delete(node);
    return value;
  }

  #alias(node: ParsedNode & { readonly source: string }, path: FieldPath): unknown {
    const target = this.#anchors.get(node.source);
    if (target && !this.#open.has(target)) {
      const value = this.#value(target, path);
      // The value stands where the alias was written.
      this.#values.set(JSON.stringify(path), this.#placeAt(node.range[0]));
      return value;
    }
    this.#problem(
      node,
      path,
      target ? 'alias that contains itself' : 'alias without an anchor, want text after "*" in quotes',
    );
    return undefined;
  }

  #list(items: readonly unknown[], path: FieldPath): unknown[] {
    return items.map((item, index) => this.#value(item as ParsedNode, [...path, index]));
  }

  #mapping(node: YAMLMap.Parsed, path: FieldPath): unknown {
    const mapping = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue; // Reported by the parser, which wants keys to be strings.
      const name = String(key.value);
      const own = [...path, name];
      const id = JSON.stringify(own);
      const first = this.#keys.get(id);
      if (first && name in mapping) {
        this.#problem(key, own, `given twice, first in line ${first.line}`);
        continue;
      }
      this.#keys.set(id, this.#placeAt(key.range[0]));
      this.#values.set(id, this.#placeAt(key.range[0]));
      if (value) mapping[name] = this.#value(value, own);
      else if (name.includes(':')) this.#problem(key, own, 'a key without a value, want a space after the colon');
      // It is no key to its author, and may be a secret.
      else this.#problem(key, path, 'a text where a key is wanted, as in "key: value"');
    }
    return mapping;
  }

  #problem(node: ParsedNode, path: FieldPath, text: string): void {
    this.#problems.push({ ...this.#placeAt(node.range[0]), path, text });
  }
}

// One slip makes the parser stumble over the rest of the line.
function firstOfEachLine(problems: readonly YamlProblem[]): YamlProblem[] {
  return problems.filter(({ line }, index) => problems.findIndex((other) => other.line === line) === index);
}

// Errors that leave no doubt where keys and values begin and end.
const HARMLESS: ReadonlySet<ErrorCode> = new Set([
  'BAD_COLLECTION_TYPE',
  'BAD_DQ_ESCAPE',
  'MULTIPLE_DOCS',
  'NON_STRING_KEY',
  'TAG_RESOLVE_FAILED',
]);

// The parser's own messages for these quote the document.
const DESCRIPTIONS: Partial<Record<ErrorCode, string>> = {
  BAD_DIRECTIVE: 'line starts with "%" but is not a directive',
  BAD_DQ_ESCAPE: 'unknown escape after "\\" in a double-quoted text, want "\\\\" for a backslash',
  BAD_COLLECTION_TYPE: 'tag that does not fit its value',
  MULTIPLE_DOCS: 'a second document starts, want one',
  NON_STRING_KEY: 'a key that is not a text',
  IMPOSSIBLE: 'unexpected text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAG_RESOLVE_FAILED: 'unknown tag, want text that starts with "!" in quotes',
  UNEXPECTED_TOKEN: 'unexpected text, want text with special characters in quotes',
  BAD_SCALAR_START: 'text starts with a reserved character, want it in quotes',
};

function describe(error: YAMLError): string {
  const text = DESCRIPTIONS[error.code] ?? error.message;
  return text.charAt(0).toLowerCase() + text.slice(1);
}
