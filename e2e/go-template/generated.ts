/** Templates that are put together: what has a place for every kind of value, with every kind of value. */
import type { TemplateCase } from './corpus.ts';

const KINDS = [
  'Bool',
  'False',
  'Int',
  'Zero',
  'Negative',
  'Int8',
  'Int32',
  'Int64',
  'Uint',
  'Uint8',
  'Uint64',
  'Float32',
  'Float64',
  'NaN',
  'Inf',
  'Complex',
  'String',
  'Empty',
  'Bad',
  'Bytes',
  'Ints',
  'Floats',
  'Strings',
  'Anys',
  'NilSlice',
  'EmptySlice',
  'Map',
  'AnyMap',
  'IntMap',
  'BoolMap',
  'NilMap',
  'Inner',
  'Inners',
  'Any',
  'AnyInner',
  'NilAny',
  'Error',
  'NilError',
  'Name',
  'UID',
  'Level',
  'Time',
  'ZeroTime',
  'Duration',
] as const;

const POINTERS = ['Pointer', 'NilPointer', 'TimePointer', 'IntPointer', 'Pointers', 'Lists'];
/** What all verbs but %T print the addresses of. */
const ADDRESSES = ['IntPointer', 'Pointers'];

const VERBS = Array.from('vdsqxXtbcoOUeEfFgGT');
const FLAGS = ['', '+', '-8', '#', ' ', '08', '6.2', '+#', '-+9.3', '.0', '# ', '12'];

const onKinds = (area: string, template: string): TemplateCase => ({ area, template, data: 'kinds' });

/** All flags of a verb in one template for each kind of value. */
function formats(): TemplateCase[] {
  return KINDS.flatMap((kind) =>
    VERBS.map((verb) => onKinds('verbs', FLAGS.map((flags) => `{{ printf "%${flags}${verb}" .${kind} }}`).join('|'))),
  );
}

const pointerFormats = (): TemplateCase[] =>
  POINTERS.flatMap((kind) =>
    (ADDRESSES.includes(kind) ? ['T'] : ['v', 's', '+v', 'T', 'q']).map((verb) =>
      onKinds('verbs', `{{ printf "%${verb}" .${kind} }}`),
    ),
  );

const NUMBERS = [
  '0',
  '1',
  '-1',
  '42',
  '255',
  '1e6',
  '1.5',
  '-0.0',
  '1e21',
  '1e-7',
  '123456.789',
  '9223372036854775807',
];

/** Numbers by widths and precisions, as constants. */
const numbers = (): TemplateCase[] =>
  NUMBERS.flatMap((number) =>
    ['%v', '%d', '%5.1f', '%-8v|', '%+v', '%08v', '%e', '%.3g', '%x', '%6d', '%#v', '%U', '%q'].map((format) => ({
      area: 'numbers',
      template: `{{ printf "${format}" ${number} }} {{ toJson ${number} }} {{ toString ${number} }}`,
      data: 'none',
    })),
  );

const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];

/** Some kinds against each other. */
function comparisons(): TemplateCase[] {
  const kinds = KINDS.filter((_, index) => index % 3 !== 1);
  return kinds.flatMap((left, index) =>
    [1, 4, 9, 16].map((step, offset) => {
      const right = kinds[(index + step) % kinds.length] ?? left;
      const compare = COMPARISONS[(index + offset) % COMPARISONS.length] ?? 'eq';
      return onKinds('comparisons', `{{ ${compare} .${left} .${right} }}`);
    }),
  );
}

/** Functions that take any value, and functions that take one of a type, which others must be refused for. */
const UNARY = [
  'not',
  'len',
  'html',
  'js',
  'urlquery',
  'print',
  'println',
  'toString',
  'quote',
  'squote',
  'cat',
  'toStrings',
  'sortAlpha',
  'join ","',
  'toJson',
  'mustToJson',
  'toPrettyJson',
  'toRawJson',
  'default "d"',
  'empty',
  'coalesce',
  'typeOf',
  'kindOf',
  'int',
  'int64',
  'float64',
  'toDecimal',
  'add1',
  'add 1',
  'sub 1',
  'mul 2',
  'div 7',
  'mod 7',
  'max 3',
  'min 3',
  'addf 1.5',
  'divf 1',
  'maxf 1',
  'floor',
  'ceil',
  'first',
  'last',
  'rest',
  'initial',
  'reverse',
  'uniq',
  'compact',
  'concat',
  'append (list 1)',
  'prepend (list 1)',
  'has 1',
  'without (list 1 2)',
  'chunk 2',
  'keys',
  'values',
  'deepCopy',
  'deepEqual 42',
  'dict "k"',
  'list 1',
  'upper',
  'title',
  'trunc 2',
  'b64enc',
  'sha1sum',
  'until',
  'repeat 2',
  'plural "a" "b"',
  'duration',
  'durationRound',
  'ternary 1 2',
  'semver',
  'urlParse',
  'base',
  'regexMatch "a"',
  'fromJson',
  'atoi',
  'unixEpoch',
  'index',
  'and 1',
  'or 0',
  'all 1',
  'any 0',
  'dig "a" "d"',
  'get (dict "42" 1)',
  'hasKey .AnyMap',
  'pick .AnyMap',
  'toDate "2006"',
  'call',
];

/** Maps have no order, and the time goes on. */
const isRandom = (name: string, kind: string): boolean =>
  (['keys', 'values'].includes(name) && kind === 'AnyMap') || (name === 'durationRound' && kind === 'Time');

const unary = (): TemplateCase[] =>
  UNARY.flatMap((name, index) =>
    KINDS.filter((kind, at) => (at + index) % 2 === 0 && !isRandom(name, kind)).map((kind) =>
      onKinds('unary', `{{ ${name} .${kind} }}`),
    ),
  );

/** To count that far takes Go forever, and ours to its limit. */
const TOO_MANY = ['Int64', 'Uint64', 'Duration'];

/** Statements over every kind of value. */
const statements = (): TemplateCase[] =>
  KINDS.filter((kind) => !TOO_MANY.includes(kind)).flatMap((kind) =>
    [
      `{{ if .${kind} }}y{{ else }}n{{ end }}`,
      `{{ with .${kind} }}<{{ . }}>{{ else }}n{{ end }}`,
      `{{ range .${kind} }}<{{ . }}>{{ else }}n{{ end }}`,
      `{{ range $k, $v := .${kind} }}{{ $k }}={{ $v }};{{ else }}n{{ end }}`,
      `{{ .${kind}.Nothing }}`,
      `{{ index .${kind} 0 }}`,
      `{{ slice .${kind} 0 1 }}`,
      `{{ .${kind} }}`,
      `{{ .Same .${kind} }}`,
      `{{ $x := .${kind} }}{{ $x }}{{ print $x $x }}`,
      `{{ .${kind} | printf "%v:%T" 1 }}`,
    ].map((template) => onKinds('statements', template)),
  );

export function generated(): TemplateCase[] {
  return [...formats(), ...pointerFormats(), ...numbers(), ...comparisons(), ...unary(), ...statements()];
}
