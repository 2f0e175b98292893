/** Canonical UUIDs, as Kubernetes writes every uid, take 16 bytes; any other uid stays text. */
import { DASH, hexValue, isKind } from './characters.ts';

export const UUID_LENGTH = 36;

/** As a column holds a uid: equal uids give equal values. Text loses lone surrogates, which UTF-8 cannot hold. */
export type StoredUid = Buffer | string;

export function packUid(uid: string): StoredUid {
  return uuidToBytes(uid) ?? uid.toWellFormed();
}

export function unpackUid(stored: StoredUid): string {
  return typeof stored === 'string' ? stored : uuidFromBytes(stored);
}

/**
 * SQL for the column `uid` as text: 32 digits, or `#` and what is no UUID. A blob in every row of a page would be a buffer
 * to allocate and to collect for each of them.
 */
export const UID_TEXT = "iif(typeof(uid) = 'blob', lower(hex(uid)), '#' || uid)";

/** The uid itself from {@link UID_TEXT}. */
export function uidOfText(text: string): string {
  return text.startsWith('#') ? text.slice(1) : dashed(text);
}

/** What the column holds, from {@link UID_TEXT}. */
export function storedUidOfText(text: string): StoredUid {
  return text.startsWith('#') ? text.slice(1) : Buffer.from(text, 'hex');
}

/** Undefined for what is no canonical UUID: in lower case, in groups of 8, 4, 4, 4 and 12 digits. */
export function uuidToBytes(uuid: string): Buffer | undefined {
  if (uuid.length !== UUID_LENGTH) return undefined;
  const bytes = Buffer.allocUnsafe(16);
  let index = 0;
  for (let offset = 0; offset < bytes.length; offset++) {
    if ((offset === 4 || offset === 6 || offset === 8 || offset === 10) && !isKind(uuid, index++, DASH))
      return undefined;
    const value = hexValue(uuid, index) * 16 + hexValue(uuid, index + 1);
    if (value < 0 || hexValue(uuid, index + 1) < 0) return undefined;
    bytes[offset] = value;
    index += 2;
  }
  return bytes;
}

export function uuidFromBytes(bytes: Buffer): string {
  return dashed(bytes.toString('hex'));
}

function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
