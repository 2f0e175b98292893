/** Sprig's functions for versions: https://masterminds.github.io/sprig/semver.html */

import type { TemplateFunctions } from '../functions.ts';
import { toBytes } from '../go-string.ts';
import { BOOL, BYTES, type GoMethod, type GoType, INT, STRING, structType, UINT64 } from '../go-type.ts';
import {
  basicOf,
  byteSlice,
  GoError,
  GoPointer,
  GoStruct,
  type GoValue,
  pointerTo,
  structOf,
  typed,
} from '../value.ts';
import { define, string } from './define.ts';
import { compareVersions, parseVersion, type Version, versionText } from './version.ts';
import { parseConstraints, satisfies } from './version-constraint.ts';

const getter = (result: GoType, get: (version: Version) => GoValue): GoMethod => ({
  params: [],
  result,
  call: (receiver) => get(versionOf(receiver)),
});

const ofPointer = (method: GoMethod): GoMethod => ({ ...method, pointer: true });

const increment = (next: (version: Version) => Partial<Version>): GoMethod => ({
  params: [],
  call: (receiver) => {
    const version = versionOf(receiver);
    const changed = { ...version, prerelease: '', metadata: '', ...next(version) };
    return structFor({ ...changed, original: (version.original.startsWith('v') ? 'v' : '') + versionText(changed) });
  },
});

/** `semver.Version` and what a template may do with one. */
const VERSION: GoType = structType(
  'semver.Version',
  [
    { name: 'major', type: UINT64 },
    { name: 'minor', type: UINT64 },
    { name: 'patch', type: UINT64 },
    { name: 'pre', type: STRING },
    { name: 'metadata', type: STRING },
    { name: 'original', type: STRING },
  ],
  {
    String: getter(STRING, versionText),
    Major: getter(UINT64, ({ major }) => typed(UINT64, major)),
    Minor: getter(UINT64, ({ minor }) => typed(UINT64, minor)),
    Patch: getter(UINT64, ({ patch }) => typed(UINT64, patch)),
    Prerelease: getter(STRING, ({ prerelease }) => prerelease),
    Metadata: getter(STRING, ({ metadata }) => metadata),
    Original: ofPointer(getter(STRING, ({ original }) => original)),
    IncMajor: increment(({ major }) => ({ major: major + 1n, minor: 0n, patch: 0n })),
    IncMinor: increment(({ minor }) => ({ minor: minor + 1n, patch: 0n })),
    // A prerelease comes before the version without it, which therefore is the next.
    IncPatch: increment(({ patch, prerelease }) => ({ patch: prerelease === '' ? patch + 1n : patch })),
    MarshalText: getter(BYTES, (version) => byteSlice(toBytes(versionText(version)))),
    MarshalJSON: getter(BYTES, (version) => byteSlice(toBytes(JSON.stringify(versionText(version))))),
  },
);

const comparing = (result: GoType, compare: (order: number) => GoValue): GoMethod => ({
  params: [VERSION.pointerTo()],
  result,
  pointer: true,
  call: (receiver, [other = null]) => compare(compareVersions(versionOf(receiver), versionOf(other))),
});

// They could not be declared before the type was there.
Object.assign(VERSION.methods, {
  Compare: comparing(INT, (order) => BigInt(Math.sign(order))),
  LessThan: comparing(BOOL, (order) => order < 0),
  LessThanEqual: comparing(BOOL, (order) => order <= 0),
  GreaterThan: comparing(BOOL, (order) => order > 0),
  GreaterThanEqual: comparing(BOOL, (order) => order >= 0),
  Equal: comparing(BOOL, (order) => order === 0),
});

function structFor({ major, minor, patch, prerelease, metadata, original }: Version): GoStruct {
  const numbers = { major: typed(UINT64, major), minor: typed(UINT64, minor), patch: typed(UINT64, patch) };
  return structOf(VERSION, { ...numbers, pre: prerelease, metadata, original });
}

function versionOf(value: GoValue): Version {
  const struct = value instanceof GoPointer ? value.target : value;
  if (!(struct instanceof GoStruct)) {
    throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  }
  const number = (index: number): bigint => BigInt(basicOf(struct.field(index)) as bigint);
  const text = (index: number): string => basicOf(struct.field(index)) as string;
  const numbers = { major: number(0), minor: number(1), patch: number(2) };
  return { ...numbers, prerelease: text(3), metadata: text(4), original: text(5) };
}

export const SEMVER_FUNCTIONS: TemplateFunctions = {
  semver: define([string], VERSION.pointerTo(), (text) => pointerTo(structFor(parseVersion(text)))),
  semverCompare: define([string, string], BOOL, (constraint, text) => {
    const constraints = parseConstraints(constraint);
    return satisfies(parseVersion(text), constraints);
  }),
};
