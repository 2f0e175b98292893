/**
 * `merge` and its variants: entries of later maps go into the first, which is changed, maps in maps likewise.
 * https://pkg.go.dev/dario.cat/mergo@v1.0.1
 */
import { GoError, GoMap, GoPointer, type GoValue } from '../value.ts';
import { isEmpty } from './emptiness.ts';

/** What is empty for a merge: unlike elsewhere a pointer is as empty as what it points to. */
function isUnset(value: GoValue | undefined): boolean {
  let target = value;
  while (target instanceof GoPointer) target = target.target;
  return target === undefined || isEmpty(target);
}

export function mergeInto(target: GoMap, source: GoMap, overwrite: boolean): void {
  for (const [key, value] of source) {
    const present = target.get(key);
    if (value === null) {
      if (overwrite) put(target, source, key, null);
      continue;
    }
    if (value instanceof GoMap && present instanceof GoMap) {
      // What is nil cannot be filled here, it is replaced below.
      if (!present.isNil) mergeInto(present, value, overwrite);
      if (!isUnset(present)) continue;
    }
    if (overwrite || isUnset(present)) put(target, source, key, value);
  }
}

function put(target: GoMap, source: GoMap, key: GoValue, value: GoValue): void {
  if (target.elemType !== source.elemType && target.elemType.kind !== 'interface') {
    const { elemType } = source;
    throw new GoError(
      `reflect.Value.SetMapIndex: value of type ${elemType.text} is not assignable to type ${target.elemType.text}`,
    );
  }
  target.set(key, value);
}
