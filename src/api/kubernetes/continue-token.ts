/**
 * Where a list goes on, in the form of the API server's own tokens: base64url of JSON.
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/storage/continue.go
 */
import { isObject } from '../../util/is-object.ts';
import { badRequest } from './status.ts';

const VERSION = 'meta.k8s.io/v1';

export interface ContinueToken {
  /** Of the state that is listed; -1 for that of now. */
  readonly resourceVersion: number;
  /** Of the last event of the page before. */
  readonly place: string;
}

export function printContinueToken({ resourceVersion, place }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: resourceVersion, start: place })).toString('base64url');
}

/** Throws {@link StatusError} 400. */
export function parseContinueToken(text: string): ContinueToken {
  const token = decoded(text);
  const { v: version, rv: resourceVersion, start: place } = isObject(token) ? token : {};
  if (version !== VERSION) {
    throw invalid(`server does not recognize this encoded version ${typeof version === 'string' ? version : ''}`);
  }
  if (!Number.isSafeInteger(resourceVersion) || resourceVersion === 0) {
    throw invalid(`incorrect encoded start resourceVersion (version ${VERSION})`);
  }
  if (typeof place !== 'string' || place === '') throw invalid(`empty start key (version ${VERSION})`);
  return { resourceVersion: Number(resourceVersion), place };
}

/**
 * Whether an API server gave it: the key that it goes on from ends in a zero byte. What cannot be read is not ours either.
 * https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/storage/etcd3/store.go (EncodeContinue)
 */
export function isApiServerToken(text: string): boolean {
  try {
    return parseContinueToken(text).place.endsWith('\0');
  } catch {
    return true;
  }
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw invalid('want base64 of JSON');
  }
}

function invalid(problem: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${problem}`);
}
