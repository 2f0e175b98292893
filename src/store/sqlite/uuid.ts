/** Canonical UUIDs, as Kubernetes writes every uid, take 16 bytes; any other uid stays text. */
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** As a column holds a uid: equal uids give equal values. Text loses lone surrogates, which UTF-8 cannot hold. */
export type StoredUid = Buffer | string;

export function packUid(uid: string): StoredUid {
  return CANONICAL.test(uid) ? uuidToBytes(uid) : uid.toWellFormed();
}

export function unpackUid(stored: StoredUid): string {
  return typeof stored === 'string' ? stored : uuidFromBytes(stored);
}

export function uuidToBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

export function uuidFromBytes(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
