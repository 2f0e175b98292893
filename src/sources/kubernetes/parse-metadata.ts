/**
 * Bytes of a watch frame or of a list's item -> metadata of an object. Most of the bytes are `managedFields`, which nobody
 * reads: they are cut off before JSON.parse sees them. The API server prints them as the last field of the metadata, and
 * the metadata as the last field of a PartialObjectMetadata; what looks different is parsed whole. Quotes inside a JSON
 * string are escaped, so `,"managedFields":[{` is a key of that name and the beginning of its array.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/apis/meta/v1/types.go
 */
import { AppError, messageOf } from '../../core/errors.ts';
import { isObject } from '../../util/is-object.ts';
import { asStatus, type Status } from './api-status.ts';
import { type ObjectMetadata, objectMetadata } from './object-metadata.ts';

export type MetadataFrame =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly metadata: ObjectMetadata }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  | { readonly type: 'ERROR'; readonly status: Status };

const MANAGED_FIELDS = Buffer.from(',"managedFields":[{');
const FRAME_END = '}}}';
const ITEM_END = '}}';

/** Throws API_REQUEST_FAILED for what is no frame. */
export function parseMetadataFrame(frame: Buffer): MetadataFrame {
  const { type, object } = asObject(parse(frame, FRAME_END), 'a watch frame');
  if (type === 'ERROR') return { type, status: asStatus(object) ?? { kind: 'Status' } };
  const { metadata } = asObject(object, 'the object of a watch frame');
  if (type === 'BOOKMARK') {
    const { resourceVersion } = asObject(metadata, 'the metadata of a bookmark');
    if (typeof resourceVersion === 'string') return { type, resourceVersion };
  }
  const parsed = objectMetadata(metadata);
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && parsed) return { type, metadata: parsed };
  throw invalid(`a watch frame of type ${JSON.stringify(type)} without its metadata`);
}

/** Throws API_REQUEST_FAILED for what is no object. */
export function parseMetadataItem(item: Buffer): ObjectMetadata {
  const parsed = objectMetadata(asObject(parse(item, ITEM_END), 'a list item')['metadata']);
  if (parsed) return parsed;
  throw invalid('a list item without its metadata');
}

function parse(bytes: Buffer, end: string): unknown {
  const cut = bytes.indexOf(MANAGED_FIELDS);
  // An array of objects that ends the metadata: that of the managed fields, as nothing follows them.
  if (cut !== -1 && bytes.toString('latin1', bytes.length - end.length - 2) === `}]${end}`) {
    try {
      return JSON.parse(bytes.toString('utf8', 0, cut) + end);
    } catch {
      // Looks different.
    }
  }
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw invalid(messageOf(error), error);
  }
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw invalid(`${what} that is no object`);
}

function invalid(found: string, cause?: unknown): AppError {
  return new AppError('API_REQUEST_FAILED', `read metadata: found ${found}, want PartialObjectMetadata`, { cause });
}
