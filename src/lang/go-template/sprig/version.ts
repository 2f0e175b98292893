/** Semantic versions: https://pkg.go.dev/github.com/Masterminds/semver/v3@v3.3.0 */
import { GoError } from '../value.ts';

export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  /** As it was written. */
  readonly original: string;
}

const IDENTIFIERS = String.raw`[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*`;
const VERSION = new RegExp(
  String.raw`^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\+(${IDENTIFIERS}))?$`,
);

const MAX_UINT64 = (1n << 64n) - 1n;

/** `semver.NewVersion`: minor and patch may be missing. */
export function parseVersion(text: string): Version {
  const match = VERSION.exec(text);
  if (match === null) throw new GoError('Invalid Semantic Version');
  const [, major, minor, patch, prerelease = '', metadata = ''] = match;
  const version = { major: segment(major), minor: segment(minor), patch: segment(patch) };
  if (prerelease.split('.').some((part) => /^0[0-9]+$/.test(part))) {
    throw new GoError('Version segment starts with 0');
  }
  return { ...version, prerelease, metadata, original: text };
}

function segment(digits = '0'): bigint {
  const value = BigInt(digits);
  if (value > MAX_UINT64) {
    throw new GoError(`Error parsing version segment: strconv.ParseUint: parsing "${digits}": value out of range`);
  }
  return value;
}

export function versionText({ major, minor, patch, prerelease, metadata }: Version): string {
  const tail = (prerelease === '' ? '' : `-${prerelease}`) + (metadata === '' ? '' : `+${metadata}`);
  return `${major}.${minor}.${patch}${tail}`;
}

const order = <T extends bigint | string>(left: T, right: T): number => (left < right ? -1 : Number(left > right));

/** Below 0, 0 or above 0. Metadata does not count. */
export function compareVersions(left: Version, right: Version): number {
  return (
    order(left.major, right.major) ||
    order(left.minor, right.minor) ||
    order(left.patch, right.patch) ||
    comparePrereleases(left.prerelease, right.prerelease)
  );
}

/** None is more than any: https://semver.org/#spec-item-11 */
function comparePrereleases(left: string, right: string): number {
  if (left === '' || right === '') return Number(left === '') - Number(right === '');
  return compareIdentifiers(left, right);
}

/** Numbers are ordered as such and come before texts. */
export function compareIdentifiers(left: string, right: string): number {
  const [lefts, rights] = [left.split('.'), right.split('.')];
  for (let index = 0; index < Math.max(lefts.length, rights.length); index++) {
    const [a = '', b = ''] = [lefts[index], rights[index]];
    if (a === b) continue;
    const [aNumber, bNumber] = [numberOf(a), numberOf(b)];
    if (a === '' || b === '') return a === '' ? -1 : 1;
    if (aNumber === undefined && bNumber === undefined) return order(a, b);
    if (aNumber === undefined || bNumber === undefined) return aNumber === undefined ? 1 : -1;
    return aNumber > bNumber ? 1 : -1;
  }
  return 0;
}

function numberOf(identifier: string): bigint | undefined {
  const value = /^[0-9]+$/.test(identifier) ? BigInt(identifier) : undefined;
  return value === undefined || value > MAX_UINT64 ? undefined : value;
}
