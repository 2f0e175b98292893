import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import { eventRecord } from '../core/record.ts';
import { compileFilter } from './filter.ts';
import { MAX_SHORT_FORM_LENGTH, shortFormToFilter, withoutKey } from './short-form.ts';
import { SHORT_FORM_KEYS } from './short-form-terms.ts';

const EVENT: Event = {
  metadata: { name: 'web-1.17a', namespace: 'shop', uid: 'e1', resourceVersion: '7' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u1' },
  reason: 'BackOff',
  type: 'Warning',
  action: 'Restart',
  message: 'Back-off 5m0s: container "app" timed out',
  source: { component: 'kubelet', host: 'n1' },
};

function selects(text: string, event: Event = EVENT): boolean {
  const filter = compileFilter(shortFormToFilter(text), {
    otherwise: false,
    onError: (error) => {
      throw error;
    },
  });
  const record = eventRecord(event, {
    cluster: 'prod',
    epoch: 1,
    scope: '*',
    receivedAt: 0,
    origin: 'watch',
    news: true,
  });
  return filter.matches(record, { occurrences: 1 });
}

function attempt(text: string): { cel?: string; error?: AppError } {
  try {
    return { cel: shortFormToFilter(text) };
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}

function errorOf(text: string): string {
  const { error } = attempt(text);
  if (!error) throw new TypeError(`${text} is a short form`);
  return error.message;
}

describe('shortFormToFilter', () => {
  test('joins its terms by AND and turns each into CEL', () => {
    expect(shortFormToFilter('reason:BackOff  -type:Normal "timed out"')).toBe(
      '(event.reason == "BackOff") && !(event.type == "Normal") && (event.message.hasWords("timed out"))',
    );
    expect(shortFormToFilter('reason:a type:x reason:b,c* -reason:d')).toBe(
      '((event.reason in ["a", "b"] || event.reason.startsWith("c"))) && (event.type == "x") && !(event.reason == "d")',
    );
    expect(shortFormToFilter(' ')).toBe('true');
    expect(shortFormToFilter('reason: -ns:')).toBe('true');
  });

  test.each([
    ['reason:BackOff -type:Normal pod:web-* node:n1 namespace:shop kind:Pod cluster:prod "timed out"', true],
    ['reason:backoff', false],
    ['reason:Back', false],
    ['reason:Back*', true],
    ['reason:*Off', true],
    ['reason:B*k*f', true],
    ['reason:*ck*', true],
    ['reason:*x*', false],
    ['reason:*', true],
    ['reason:"Back*"', false],
    ['-reason:*', false],
    ['type:Warning -type:Warning', false],
    ['action:Restart', true],
    ['uid:u1 name:web-1', true],
    ['kind:Node', false],
    ['pod:web-1', true],
    ['pod:n1', false],
    ['node:n1', true],
    ['node:web-1', false],
    ['component:kubelet', true],
    ['namespace:default', false],
    ['cluster:test', false],
    ['reason:Failed,BackOff', true],
    ['reason:Failed,Back*', true],
    ['reason:Failed reason:BackOff', true],
    ['reason:"a,b",Failed', false],
    ['-reason:Failed,BackOff', false],
    ['-reason:Failed -reason:Pulled', true],
    ['reason:BackOff type:Normal', false],
    ['reason: -type: ns:shop,', true],
    ['ns:shop namespace:bank', true],
    ['source:kubelet', true],
    ['severity:critical', true],
    ['severity:warning', false],
    ['workload:web', true],
    ['workload:web-1', false],
    ['node:n2,n1', true],
    ['node:n2,x*', false],
    ['TIMED', true],
    ['"TIMED"', true],
    ['imed', false],
    ['*imed', true],
    ['tim', false],
    ['tim*', true],
    ['"timed ou"', false],
    ['"out timed"', false],
    ['back*TIMED', true],
    ['timed*back', false],
    ['5m0s', true],
    ['5m0s:', true],
    ['"container \\"app\\""', true],
    ['-"timed out"', false],
    ['-refused', true],
    ['b.ck', false],
  ])('%s is %s', (text, expected) => {
    expect(selects(text)).toBe(expected);
  });

  test('knows a node by what it is about, a component by the newer field', () => {
    const event: Event = {
      ...EVENT,
      involvedObject: { kind: 'Node', name: 'n2' },
      source: {},
      reportingComponent: 'node-controller',
    };
    expect(selects('node:n2 component:node-*', event)).toBe(true);
    expect(selects('node:n1', event)).toBe(false);
    expect(selects('component:*', { ...EVENT, source: {} })).toBe(false);
  });

  test.each([
    ['raeson:x', '1:1: unknown key raeson, did you mean "reason"?; quote what is no key'],
    ['a -podd:x', '1:4: unknown key podd, did you mean "pod"?; quote what is no key'],
    ['a\nreason:"', '2:8: found " without its end, want a second "'],
    ['reason:a,""', '1:10: found "", want a word, a quoted text or a key'],
    ['a -', '1:4: found the end, want a word, a quoted text or a key'],
    ['a - b', '1:4: found a space, want a word, a quoted text or a key'],
    ['a ""', '1:3: found "", want a word, a quoted text or a key'],
    ['a "b', '1:3: found " without its end, want a second "'],
    ['"a\\b"', '1:3: found \\b, want \\" or \\\\'],
    ['"a"b', '1:4: found b in a value, want a space before it'],
    ['a"b"', '1:2: found " in a value, want a space before it'],
  ])('refuses %j where it is wrong', (text, message) => {
    expect(errorOf(text)).toBe(`search:${message}`);
  });

  test('lists the keys when none is near', () => {
    expect(errorOf('https://example.com')).toContain(`want one of ${SHORT_FORM_KEYS.join(', ')}`);
    expect(errorOf('constructor:x')).toContain('unknown key constructor');
    expect(errorOf('a'.repeat(MAX_SHORT_FORM_LENGTH + 1))).toContain(`want at most ${MAX_SHORT_FORM_LENGTH}`);
  });

  test('takes any value, quoted, for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }), (value) => {
        const quoted = `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
        const event = { ...EVENT, reason: value, message: `<${value}>` };
        expect(selects(`reason:${quoted} ${quoted}`, event)).toBe(true);
        expect(selects(`reason:${quoted}`, { ...EVENT, reason: `${value}x` })).toBe(false);
      }),
    );
  });

  test('throws nothing but FILTER_INVALID, and its CEL compiles', () => {
    const keys = SHORT_FORM_KEYS.map((key) => `${key}:`);
    const piece = fc.oneof(
      fc.constantFrom(...keys, '-', '*', '"', '\\', ' ', ':', '\u0000', '\ud800', '.', '('),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    const form = fc.array(piece, { maxLength: 250 }).map((pieces) => pieces.join('').slice(0, MAX_SHORT_FORM_LENGTH));
    fc.assert(
      fc.property(form, (text) => {
        const { cel = 'true', error } = attempt(text);
        expect(['FILTER_INVALID', undefined]).toContain(error?.code);
        compileFilter(cel, { otherwise: false, onError: () => {} });
      }),
      { numRuns: 500 },
    );
    const longest = 'node:\u0001 '.repeat(Math.floor(MAX_SHORT_FORM_LENGTH / 7));
    const mostTerms = '\u0001 '.repeat(MAX_SHORT_FORM_LENGTH / 2);
    for (const text of [longest, mostTerms, '.'.repeat(MAX_SHORT_FORM_LENGTH)]) {
      compileFilter(shortFormToFilter(text), { otherwise: false, onError: () => {} });
    }
  });
});

describe('withoutKey', () => {
  test('leaves out the terms of one key, and nothing else', () => {
    const form = ' reason:BackOff  -reason:"a b" -type:Normal reason "reason:x" pod:web-*';
    expect(withoutKey(form, 'reason')).toBe('-type:Normal reason "reason:x" pod:web-*');
    expect(withoutKey(form, 'node')).toBe('reason:BackOff -reason:"a b" -type:Normal reason "reason:x" pod:web-*');
    expect(withoutKey('ns:a namespace:b c', 'namespace')).toBe('c');
    expect(() => withoutKey('a""', 'reason')).toThrow('want a space before it');
  });
});
