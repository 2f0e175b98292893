import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlOf } from './yaml.ts';

describe('yamlOf', () => {
  test('looks as kubectl prints it', () => {
    const event = {
      apiVersion: 'v1',
      involvedObject: { kind: 'Pod', fieldPath: 'spec.containers{app}' },
      message: 'Back-off: restarting',
      count: 3,
      managedFields: [{ manager: 'kubelet', subresources: ['a', 'b'] }],
      none: {},
    };
    expect(yamlOf(event)).toBe(`apiVersion: v1
involvedObject:
  kind: Pod
  fieldPath: "spec.containers{app}"
message: "Back-off: restarting"
count: 3
managedFields:
  - manager: kubelet
    subresources:
      - a
      - b
none: {}
`);
  });

  test('is read back as it was', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('no', '0x1f', '1e3', '- a', 'a: b', 'x #y', '2026-01-01', '-', '?', ' a', 'a ', '=', '<<'),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text.map((each) => each.toWellFormed()),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.dictionary(
        text.map((each) => each.toWellFormed()).filter((key) => key !== '__proto__' && key !== '<<'),
        tie('value'),
        { maxKeys: 3, noNullPrototype: true },
      ),
    }));
    fc.assert(
      fc.property(value, (each) => {
        expect(parse(yamlOf(each))).toEqual(each);
      }),
    );
  });
});
