/** `.A.B`: fields, map entries and methods, looked up as Go's templates do. */
import { type CallSite, callFunction } from './call.ts';
import { Addressed, type EvalValue, type Execution, element, indirect, plain, typeText } from './execution.ts';
import { type GoType, isExported, STRING } from './go-type.ts';
import { callMember } from './printer.ts';
import { follow, GoMap, GoPointer, GoStruct, type GoValue, typeOf } from './value.ts';

/** The field, map entry or result of the method that the site names. */
export function fieldOf(
  run: Execution,
  dot: EvalValue,
  receiver: EvalValue,
  site: CallSite,
  final: EvalValue,
): EvalValue {
  const { name } = site;
  const held = plain(receiver);
  // There is nothing in what is not there.
  if (held === undefined) return undefined;
  if (held === null) return run.fail(`nil pointer evaluating ${typeText(receiver)}.${name}`);
  const target = indirect(held);
  const addressable = target !== held || receiver instanceof Addressed;
  const type = typeOf(target);
  const method = type.named || type.kind === 'ptr' ? type.method(name, addressable) : undefined;
  if (method?.method !== undefined) {
    return callFunction(run, dot, method.method, site, final, (args) => callMember(target, method, args));
  }
  if (target instanceof GoMap && (target.keyType === STRING || target.keyType.kind === 'interface')) {
    return entryOf(run, target, site);
  }
  if (target instanceof GoStruct) return structField(run, target, receiver, site, addressable);
  if (target instanceof GoPointer && mayHave(type, name)) {
    run.fail(`nil pointer evaluating ${typeText(receiver)}.${name}`);
  }
  return missing(run, receiver, name);
}

/** Whether only the value is missing: what is not a struct might have had the name. */
const mayHave = ({ elem }: GoType, name: string): boolean =>
  elem?.kind !== 'struct' || elem.member(name)?.field !== undefined;

const missing = (run: Execution, receiver: EvalValue, name: string): never =>
  run.fail(`can't evaluate field ${name} in type ${typeText(receiver)}`);

const hasArguments = ({ args, hasFinal }: CallSite): boolean => hasFinal || args.length > 0;

function entryOf(run: Execution, map: GoMap, site: CallSite): EvalValue {
  if (hasArguments(site)) run.fail(`${site.name} is not a method but has arguments`);
  const value = map.get(site.name);
  return value === undefined ? undefined : element(value, map.elemType, false);
}

function structField(
  run: Execution,
  struct: GoStruct,
  receiver: EvalValue,
  site: CallSite,
  addressable: boolean,
): EvalValue {
  const { name } = site;
  const member = struct.type.member(name);
  if (member?.field === undefined) return missing(run, receiver, name);
  if (!isExported(name)) run.fail(`${name} is an unexported field of struct type ${typeText(receiver)}`);
  const value: GoValue | undefined = follow(struct, member.path);
  if (value === undefined) run.fail(`reflect: indirection through nil pointer to embedded struct field ${name}`);
  if (hasArguments(site)) run.fail(`${name} has arguments but cannot be invoked as function`);
  return element(value, member.field.type, addressable);
}
