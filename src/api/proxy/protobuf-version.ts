/**
 * One field of an object in Kubernetes' protobuf encoding.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/runtime/generated.proto (Unknown)
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/apis/meta/v1/generated.proto (ObjectMeta)
 */

const MAGIC = Buffer.from('k8s\0');
const UNKNOWN = { typeMeta: 1, raw: 2 } as const;
const TYPE_META = { kind: 2 } as const;
/** The same for events of both groups. */
const EVENT = { metadata: 1 } as const;
const OBJECT_META = { resourceVersion: 6 } as const;

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The resourceVersion of an event; undefined for anything else. */
export function protobufVersion(body: Buffer): string | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const unknown = body.subarray(MAGIC.length);
  const kind = bytesOf(bytesOf(unknown, UNKNOWN.typeMeta), TYPE_META.kind);
  if (kind?.toString() !== 'Event') return undefined;
  const metadata = bytesOf(bytesOf(unknown, UNKNOWN.raw), EVENT.metadata);
  return bytesOf(metadata, OBJECT_META.resourceVersion)?.toString();
}

/** The first field of that number that holds bytes. https://protobuf.dev/programming-guides/encoding/ */
function bytesOf(message: Buffer | undefined, wanted: number): Buffer | undefined {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message?.[at++];
      if (byte === undefined || shift > 63) return Number.NaN;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (message && at < message.length) {
    const tag = varint();
    const type = tag % 8;
    if (type === WIRE.bytes) {
      const length = varint();
      const bytes = message.subarray(at, at + length);
      if (bytes.length !== length) return undefined;
      if (Math.floor(tag / 8) === wanted) return bytes;
      at += length;
    } else if (type === WIRE.varint) varint();
    else if (type === WIRE.fixed64) at += 8;
    else if (type === WIRE.fixed32) at += 4;
    else return undefined;
  }
  return undefined;
}
