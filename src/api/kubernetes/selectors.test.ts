/** What the API server itself says of selectors is held against it in e2e; here, that nothing else ever happens. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../core/event.ts';
import { StatusError } from '../status-error.ts';
import { parseEventsPath, parseRoot } from './api-request.ts';
import { parseContinueToken, printContinueToken } from './continue-token.ts';
import { parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';
import { parseListOptions } from './list-options.ts';
import { negotiate } from './media-type.ts';

/** What is thrown, or undefined. */
function thrownBy(parse: () => unknown): unknown {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error;
  }
}

const name = fc.constantFrom('tier', 'rank', 'in', 'example.com/a');
const value = fc.constantFrom('front', 'back', '1', '20', '-5x', '');
const labels = fc.dictionary(name, value, { maxKeys: 3 });
const token = fc.oneof(
  fc.constantFrom('=', '==', '!=', '!', '(', ')', ',', ' in ', ' notin ', '>', '<', ' ', '\\', '/', '-'),
  name,
  fc.string({ maxLength: 3 }),
);
const selector = fc.oneof(
  fc.array(token, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

describe('parseLabelSelector', () => {
  test('selects as each of its requirements says', () => {
    const values: readonly string[] = ['front', 'back', '1'];
    const requirement = fc.oneof(
      fc.record({ text: name, is: fc.constant((found: string | undefined) => found !== undefined) }),
      name.map((key) => ({ text: `!${key}`, is: (found: string | undefined) => found === undefined, key })),
      fc
        .tuple(name, fc.constantFrom('=', '==', ' == '), fc.constantFrom('front', '1', ''))
        .map(([key, operator, wanted]) => ({
          text: `${key}${operator}${wanted}`,
          is: (found: string | undefined) => found === wanted,
        })),
      fc.tuple(name, fc.constantFrom('front', '1')).map(([key, wanted]) => ({
        text: `${key}!=${wanted}`,
        is: (found: string | undefined) => found !== wanted,
      })),
      fc
        .tuple(name, fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }), fc.boolean())
        .map(([key, wanted, isIn]) => ({
          text: `${key} ${isIn ? 'in' : 'notin'} (${wanted.join(', ')})`,
          is: (found: string | undefined) => (found !== undefined && wanted.includes(found)) === isIn,
        })),
      fc.tuple(name, fc.constantFrom(3, 20)).map(([key, bound]) => ({
        text: `${key}>${bound}`,
        is: (found: string | undefined) => found !== undefined && /^\d+$/.test(found) && Number(found) > bound,
      })),
    );
    fc.assert(
      fc.property(fc.array(requirement, { minLength: 1, maxLength: 3 }), labels, (requirements, set) => {
        const wanted = requirements.every(({ text, is }) => {
          const key = /^!?([\w./]+)/.exec(text)?.[1] ?? '';
          return is(Object.hasOwn(set, key) ? set[key] : undefined);
        });
        expect(parseLabelSelector(requirements.map(({ text }) => text).join(',')).matches(set)).toBe(wanted);
      }),
    );
  });

  test('selects everything when it is empty, also what has no labels', () => {
    expect(parseLabelSelector('')).toMatchObject({ isEmpty: true });
    expect(parseLabelSelector(' ').matches(undefined)).toBe(true);
    expect(parseLabelSelector('constructor').matches({})).toBe(false);
  });
});

describe('parseFieldSelector', () => {
  const event: Event = {
    metadata: { name: 'a,b=c\\d', uid: 'u', resourceVersion: '1', namespace: 'shop' },
    involvedObject: { kind: 'Pod', name: 'web' },
    reportingComponent: 'example.com/c',
  };

  test('reads fields by the names of either group, and values with escapes', () => {
    const escaped = encodeURI('metadata.name=a\\,b\\=c\\\\d');
    expect(parseFieldSelector(decodeURI(escaped), '').matches(event)).toBe(true);
    expect(parseFieldSelector('regarding.kind=Pod,type!=Warning', 'events.k8s.io').matches(event)).toBe(true);
    // https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/registry/core/event/strategy.go
    expect(parseFieldSelector('source=example.com/c', '').matches(event)).toBe(true);
    expect(parseFieldSelector('involvedObject.uid=', '').matches(event)).toBe(true);
    expect(parseFieldSelector('reason=a', '').matches(event)).toBe(false);
  });
});

describe('whatever a request says', () => {
  test('it is understood, or answered with a Status', () => {
    const query = fc.dictionary(
      fc.constantFrom(
        'labelSelector',
        'fieldSelector',
        'limit',
        'continue',
        'resourceVersion',
        'resourceVersionMatch',
        'watch',
        'timeoutSeconds',
        'sendInitialEvents',
      ),
      fc.oneof(selector, fc.constantFrom('0', '1', 'true', 'Exact', 'NotOlderThan', '99999999999999999999')),
    );
    fc.assert(
      fc.property(
        query,
        fc.constantFrom('' as const, 'events.k8s.io' as const),
        fc.boolean(),
        (asked, group, isWatch) => {
          const thrown = thrownBy(() => parseListOptions(new URLSearchParams(asked), group, isWatch));
          expect(thrown === undefined || thrown instanceof StatusError).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
    const accept = fc.array(
      fc.constantFrom(
        'application/json',
        'application/yaml',
        '*/*',
        ';as=Table',
        ';v=v1',
        ';g=meta.k8s.io',
        ',',
        ';q=x',
        '"',
        '=',
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(accept, fc.constantFrom('get' as const, 'list' as const, 'watch' as const), (parts, verb) => {
        const thrown = thrownBy(() => negotiate(parts.join(''), verb));
        expect(thrown === undefined || thrown instanceof StatusError).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const thrown = thrownBy(() => parseContinueToken(text));
        expect(thrown === undefined || thrown instanceof StatusError).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const thrown = thrownBy(() => parseEventsPath(parseRoot(`/window/1d${path}`).path));
        expect(thrown).toBeUndefined();
      }),
    );
  });

  test('a token is read back as it was printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.string({ minLength: 1 }), (resourceVersion, place) => {
        expect(parseContinueToken(printContinueToken({ resourceVersion, place }))).toEqual({ resourceVersion, place });
      }),
    );
  });
});
