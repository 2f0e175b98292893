/** Constraints on versions: https://pkg.go.dev/github.com/Masterminds/semver/v3@v3.3.0#hdr-Checking_Version_Constraints */
import { RE2JS } from 're2js';
import { GoError } from '../value.ts';
import { findAll, replaceAll } from './regular-expression.ts';
import { compareIdentifiers, compareVersions, parseVersion, type Version } from './version.ts';

interface Constraint {
  readonly operator: string;
  readonly version: Version;
  /** A part of the version was left open: by an x, a star or its absence. */
  readonly open: boolean;
  readonly minorOpen: boolean;
  readonly patchOpen: boolean;
}

const IDENTIFIERS = String.raw`[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*`;
const PART = String.raw`[0-9|xX*]+`;
const VERSION = String.raw`v?${PART}(?:\.${PART})?(?:\.${PART})?(?:-${IDENTIFIERS})?(?:\+${IDENTIFIERS})?`;
const OPERATOR = String.raw`=||!=|>|<|>=|=>|<=|=<|~|~>|\^`;

// JavaScript's own expressions would try all ways to share long runs of spaces or digits among the parts.
const ONE = RE2JS.compile(
  String.raw`^\s*(${OPERATOR})\s*(v?(${PART})(\.${PART})?(\.${PART})?(-${IDENTIFIERS})?(?:\+${IDENTIFIERS})?)\s*$`,
);
const RANGE = RE2JS.compile(String.raw`\s*(${VERSION})\s+-\s+(${VERSION})\s*`);
const EACH = RE2JS.compile(String.raw`(?:${OPERATOR})\s*(?:${VERSION})`);
const GROUP = RE2JS.compile(
  String.raw`^(?:\s*(?:${OPERATOR})\s*(?:${VERSION})\s*)(?:(?:\s+|,\s*)(?:${OPERATOR})\s*(?:${VERSION})\s*)*$`,
);

/** Alternatives, in each of which everything must hold. Throws a GoError. */
export function parseConstraints(text: string): readonly (readonly Constraint[])[] {
  const rewritten = replaceAll(RANGE, text, (range) => `>= ${range.group(1)}, <= ${range.group(2)} `);
  return rewritten.split('||').map((group) => {
    if (!GROUP.matcher(group).find()) throw new GoError(`improper constraint: ${group}`);
    return findAll(EACH, group, -1).map(([start, end]) => parseConstraint(group.slice(start, end)));
  });
}

const isOpen = (part: string): boolean => part === '' || /^\.?[xX*]$/.test(part);

function parseConstraint(text: string): Constraint {
  const match = ONE.matcher(text);
  if (!match.find()) throw new GoError(`improper constraint: ${text}`);
  const [operator = '', whole = '', major = '', minor = '', patch = '', prerelease = ''] = [1, 2, 3, 4, 5, 6].map(
    (group) => match.group(group) ?? '',
  );
  const openings = { open: true, minorOpen: false, patchOpen: false };
  const constraint = (version: string, opened: Partial<typeof openings>): Constraint => ({
    operator,
    version: closedVersion(version),
    ...openings,
    ...opened,
  });
  if (isOpen(major)) return constraint(`0.0.0${prerelease}`, {});
  if (isOpen(minor)) return constraint(`${major}.0.0${prerelease}`, { minorOpen: true });
  if (isOpen(patch)) return constraint(`${major}${minor}.0${prerelease}`, { patchOpen: true });
  return constraint(whole, { open: false });
}

function closedVersion(text: string): Version {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof GoError) throw new GoError('constraint Parser Error');
    throw error;
  }
}

type Check = (version: Version, constraint: Constraint) => boolean;

const CHECKS: Readonly<Record<string, Check>> = {
  '': isTildeOrEqual,
  '=': isTildeOrEqual,
  '!=': isNotEqual,
  '>': isGreater,
  '<': (version, { version: limit }) => compareVersions(version, limit) < 0,
  '>=': (version, { version: limit }) => compareVersions(version, limit) >= 0,
  '=>': (version, { version: limit }) => compareVersions(version, limit) >= 0,
  '<=': isLessOrEqual,
  '=<': isLessOrEqual,
  '~': isTilde,
  '~>': isTilde,
  '^': isCaret,
};

export function satisfies(version: Version, alternatives: readonly (readonly Constraint[])[]): boolean {
  return alternatives.some((constraints) => constraints.every((constraint) => holds(version, constraint)));
}

function holds(version: Version, constraint: Constraint): boolean {
  // Prereleases satisfy only constraints that name one; != without an x lets them pass.
  const isStrictlyUnequal = constraint.operator === '!=' && !constraint.open;
  if (!isStrictlyUnequal && version.prerelease !== '' && constraint.version.prerelease === '') return false;
  return CHECKS[constraint.operator]?.(version, constraint) ?? false;
}

function isNotEqual(version: Version, { version: limit, open, minorOpen, patchOpen }: Constraint): boolean {
  if (!open) return compareVersions(version, limit) !== 0;
  if (limit.major !== version.major) return true;
  if (limit.minor !== version.minor && !minorOpen) return true;
  if (minorOpen) return false;
  if (limit.patch !== version.patch && !patchOpen) return true;
  if (!patchOpen) return compareVersions(version, limit) !== 0;
  const hasPrerelease = version.prerelease !== '' || limit.prerelease !== '';
  return hasPrerelease && compareIdentifiers(version.prerelease, limit.prerelease) !== 0;
}

function isGreater(version: Version, { version: limit, open, minorOpen, patchOpen }: Constraint): boolean {
  if (!open || version.major !== limit.major) {
    return open ? version.major > limit.major : compareVersions(version, limit) > 0;
  }
  if (minorOpen) return false;
  return patchOpen ? version.minor > limit.minor : compareVersions(version, limit) > 0;
}

function isLessOrEqual(version: Version, { version: limit, open, minorOpen }: Constraint): boolean {
  if (!open) return compareVersions(version, limit) <= 0;
  if (version.major > limit.major) return false;
  return !(version.major === limit.major && version.minor > limit.minor && !minorOpen);
}

function isTildeOrEqual(version: Version, constraint: Constraint): boolean {
  return constraint.open ? isTilde(version, constraint) : compareVersions(version, constraint.version) === 0;
}

/** The last part that is given may grow. */
function isTilde(version: Version, { version: limit, minorOpen, patchOpen }: Constraint): boolean {
  if (compareVersions(version, limit) < 0) return false;
  const isAny = limit.major === 0n && limit.minor === 0n && limit.patch === 0n && !minorOpen && !patchOpen;
  return isAny || (version.major === limit.major && (version.minor === limit.minor || minorOpen));
}

/** Everything behind the first part that is not 0 may grow. */
function isCaret(version: Version, { version: limit, minorOpen, patchOpen }: Constraint): boolean {
  if (compareVersions(version, limit) < 0) return false;
  if (limit.major > 0n || minorOpen) return version.major === limit.major;
  if (version.major > 0n) return false;
  if (limit.minor > 0n || patchOpen) return version.minor === limit.minor;
  return version.minor === 0n && version.patch === limit.patch;
}
