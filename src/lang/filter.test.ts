import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import { type EventRecord, eventRecord } from '../core/record.ts';
import {
  compileFilter,
  type Filter,
  MAX_FILTER_COST,
  MAX_FILTER_DEPTH,
  MAX_FILTER_LENGTH,
  MAX_FILTER_NODES,
  type ObjectMetadata,
  type RecordContext,
} from './filter.ts';

const EVENT: Event = {
  metadata: {
    name: 'web-1.17a',
    namespace: 'shop',
    uid: 'e1',
    resourceVersion: '7',
    creationTimestamp: '2026-01-31T08:00:00Z',
    labels: { team: 'blue' },
  },
  involvedObject: {
    kind: 'Pod',
    namespace: 'shop',
    name: 'web-1',
    uid: 'u1',
    apiVersion: 'v1',
    fieldPath: 'spec.containers{app}',
  },
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  source: { component: 'kubelet', host: 'n1' },
  firstTimestamp: '2026-01-31T08:00:00Z',
  lastTimestamp: '2026-01-31T09:30:00Z',
  count: 7,
  type: 'Warning',
  eventTime: null,
  reportingComponent: '',
  reportingInstance: 'n1',
};

const BARE: Event = { metadata: { name: 'x', uid: 'e2', resourceVersion: '1' }, involvedObject: {} };

const OBJECT: ObjectMetadata = {
  labels: { app: 'web', 'app.kubernetes.io/name': 'shop' },
  annotations: {},
  owners: { ReplicaSet: 'web-7f', Deployment: 'web' },
  node: 'n1',
};

function recordOf(event: Event): EventRecord {
  const receivedAt = Date.parse('2026-01-31T09:30:02Z');
  return eventRecord(event, { cluster: 'prod', epoch: 1, scope: '*', receivedAt, origin: 'watch', news: true });
}

const unexpected = {
  otherwise: false,
  onError: (error: unknown) => {
    throw error;
  },
};

function selects(
  source: string,
  event: Event = EVENT,
  context: RecordContext = { occurrences: 5, object: OBJECT },
): boolean {
  return compileFilter(source, unexpected).matches(recordOf(event), context);
}

function attempt(source: string): { filter?: Filter; error?: AppError } {
  try {
    return { filter: compileFilter(source, { otherwise: false, onError: () => {} }) };
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}

function errorOf(source: string): AppError {
  const { error } = attempt(source);
  if (!error) throw new TypeError(`${source} compiles`);
  return error;
}

/** What `matches` returns, and how often it failed. */
function failing(source: string, otherwise: boolean, event: Event = EVENT): { result: boolean; errors: unknown[] } {
  const errors: unknown[] = [];
  const filter = compileFilter(source, { otherwise, onError: (error) => errors.push(error) });
  return { result: filter.matches(recordOf(event), { occurrences: 1 }), errors };
}

describe('matches', () => {
  test.each([
    'event.reason == "BackOff" && event.type != "Normal"',
    'event.reason in ["Failed", "BackOff"]',
    'event.message.contains("restarting") && event.message.startsWith("Back") && event.message.endsWith("container")',
    'event.message.matches("restart(ing|ed)") && !event.message.matches("^restart") && event.message.matches("(?i)BACK")',
    'event.involvedObject.kind + "/" + event.involvedObject.name == "Pod/web-1"',
    'event.involvedObject.namespace == "shop" && event.involvedObject.uid == "u1"',
    'event.involvedObject.apiVersion == "v1" && event.involvedObject.fieldPath.contains("{app}")',
    'event.metadata.name == "web-1.17a" && event.metadata.uid == "e1" && event.metadata.labels.team == "blue"',
    'event.source.component == "kubelet" && event.source.host == "n1" && event.reportingInstance == "n1"',
    'event.count == 7 && event.count > 6.5 && event.count % 2 == 1 && double(event.count) / 2.0 == 3.5',
    'event.firstTimestamp < event.lastTimestamp',
    'event.metadata.creationTimestamp == timestamp("2026-01-31T09:00:00+01:00")',
    'cluster == "prod" && origin == "watch" && occurrences == 5',
    'lastSeen - firstSeen == duration("1h30m") && receivedAt - lastSeen < duration("3s")',
    'lastSeen.getHours() == 9 && lastSeen.getHours("Europe/Berlin") == 10 && lastSeen.getHours("-05:30") == 4',
    'lastSeen.getDayOfWeek() == 6 && lastSeen.getDate() == 31 && lastSeen.getDayOfMonth() == 30 && lastSeen.getMonth() == 0',
    'lastSeen.getDayOfYear() == 30 && lastSeen.getDayOfYear("UTC") == 30 && lastSeen.getFullYear() == 2026',
    'duration("90m").getHours() == 1',
    'object.labels.app == "web" && object.labels["app.kubernetes.io/name"] == "shop"',
    'object.owners.Deployment == "web" && object.node == "n1" && object.annotations.size() == 0',
    'object.labels[?"tier"].orValue("none") == "none" && object.labels.?app.orValue("") == "web"',
    '"app" in object.labels && !("tier" in object.labels)',
    'object.labels.exists(key, key.startsWith("app")) && object.labels.all(key, object.labels[key] != "")',
    'event.message.split(" ").filter(word, word.size() > 8).map(word, word.upperAscii()) == ["RESTARTING", "CONTAINER"]',
    '[1, 2, 3].exists_one(n, n > 2)',
    'event.type == "Normal" ? false : true',
  ])('holds: %s', (source) => {
    expect(selects(source)).toBe(true);
    expect(selects(`!(${source})`)).toBe(false);
  });

  test.each([
    'event.reason == "" && event.message == "" && event.type == ""',
    'event.count == 0 && event.series.count == 0 && event.related.name == "" && event.source.host == ""',
    'event.lastTimestamp == timestamp("1970-01-01T00:00:00Z")',
    'event.metadata.labels.size() == 0 && object.labels.size() == 0 && object.node == ""',
    'firstSeen == receivedAt && lastSeen == receivedAt',
  ])('reads what is not set as nothing: %s', (source) => {
    expect(selects(source, BARE, { occurrences: 1 })).toBe(true);
  });

  test.each([
    ['event.reason', true, false],
    ['event.count', true, false],
    ['event.series', false, false],
    ['event.series.count', false, false],
    ['event.eventTime', false, false],
    ['event.reportingComponent', false, false],
    ['event.metadata.labels', true, false],
    ['event.metadata.labels.team', true, false],
    ['event.metadata.labels.tier', false, false],
    ['event.involvedObject', true, false],
    ['object.labels.app', true, false],
    ['object.node', true, false],
  ])('has(%s) is %s, of a bare event %s', (field, set, bare) => {
    expect(selects(`has(${field})`)).toBe(set);
    expect(selects(`has(${field})`, BARE, { occurrences: 1 })).toBe(bare);
  });

  test('takes what the API server does not send for what is not set', () => {
    const odd = { ...EVENT, reason: 5, count: '7', message: null, metadata: { ...EVENT.metadata, labels: null } };
    expect(selects('event.reason == "" && event.count == 0 && event.message == ""', odd as unknown as Event)).toBe(
      true,
    );
    expect(selects('event.metadata.labels.size() == 0', odd as unknown as Event)).toBe(true);
    expect(selects('event.count == 0', { ...EVENT, count: 1.5 })).toBe(true);
  });

  test('has() does not find a number that is 0', () => {
    expect(selects('has(event.count)', { ...EVENT, count: 0 })).toBe(false);
  });

  test('counts the days of a year without regard to the time zone of the process', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(selects('lastSeen.getDayOfYear() == 181', { ...EVENT, lastTimestamp: '2026-07-01T00:30:00Z' })).toBe(true);
  });

  test('reads labels of any name', () => {
    const labels = JSON.parse('{"constructor": "a", "__proto__": "b", "hasOwnProperty": "c"}') as Record<
      string,
      string
    >;
    const event = { ...EVENT, metadata: { ...EVENT.metadata, labels } };
    expect(
      selects('event.metadata.labels.constructor == "a" && event.metadata.labels["__proto__"] == "b"', event),
    ).toBe(true);
    expect(selects('has(event.metadata.labels.hasOwnProperty) && !has(event.metadata.labels.toString)', event)).toBe(
      true,
    );
    expect(selects('!("constructor" in event.metadata.labels) && !has(event.metadata.labels.constructor)')).toBe(true);
  });

  test('returns what was asked for when the evaluation fails, and reports it', () => {
    for (const otherwise of [false, true]) {
      const { result, errors } = failing('object.labels.tier == "web"', otherwise);
      expect(result).toBe(otherwise);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ summary: 'No such key: tier' });
    }
    expect(failing('1 / (event.count - 7) == 1', false).errors).toHaveLength(1);
    expect(failing('timestamp(event.message) < lastSeen', false).errors).toHaveLength(1);
  });

  test('does not fail for what the result does not depend on', () => {
    expect(failing('object.labels.tier == "web" || event.count == 7', false)).toEqual({ result: true, errors: [] });
    expect(failing('object.labels.tier == "web" && event.count == 8', true)).toEqual({ result: false, errors: [] });
  });

  test('ends, whatever it is asked to do', () => {
    const list = `[${'1,'.repeat(100)}]`;
    const nested = `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, a + b + c + d > 0))))`;
    for (const source of [nested, nested.replaceAll('.all(', '.exists(').replace('> 0', '< 0')]) {
      const { result, errors } = failing(source, false);
      expect(result).toBe(false);
      expect(errors).toEqual([new RangeError(`the evaluation costs more than ${MAX_FILTER_COST}`)]);
    }
    expect(failing(`${nested.replaceAll('.all(', '.map(')}.size() == 100`, false).errors).toHaveLength(1);
    expect(failing(`${list}.all(a, ${list.slice(0, 30)}].all(b, a == b))`, true)).toEqual({ result: true, errors: [] });
    const long = { ...EVENT, message: 'a '.repeat(500_000) };
    expect(failing('event.message.split(" ").exists(word, word == "b")', false, long).errors).toHaveLength(1);
    expect(failing('event.message.matches("((a|b)?(b|c)?){400}d$")', false, long).errors).toHaveLength(1);
    expect(failing('event.message.matches("(?i)timed.?out")', true, long)).toEqual({ result: false, errors: [] });
  });

  test('starts each evaluation with its whole cost', () => {
    const filter = compileFilter(`[${'1,'.repeat(100)}].all(n, n == 1)`, unexpected);
    for (let n = 0; n < MAX_FILTER_COST / 10; n += 1)
      expect(filter.matches(recordOf(EVENT), { occurrences: 1 })).toBe(true);
  });
});

describe('compileFilter', () => {
  test.each([
    ['event.raeson == "x"', '1:7: unknown field raeson of Event, did you mean "reason"?'],
    [
      'event.reason == "x" ||\n  event.involvedObject.nmae == "y"',
      '2:24: unknown field nmae of ObjectReference, did you mean "name"?',
    ],
    ['event.note == "x"', '1:7: unknown field note of Event, did you mean "message"?'],
    ['has(event.foo.bar)', '1:11: unknown field foo of Event, want one of metadata, involvedObject, reason'],
    ['has(event.serie)', '1:11: unknown field serie of Event, did you mean "series"?'],
    ['evnt.reason == "x"', '1:1: unknown variable evnt, did you mean "event"?'],
    ['reason == "x"', '1:1: unknown variable reason, want one of event, cluster'],
    ['event.message.contain("x")', '1:15: unknown function contain, did you mean "contains"?'],
    ['event.message.contains(5)', '1:15: found string.contains(int), want string.contains(string)'],
    [
      'event.reason.getHours() == 1',
      '1:14: found string.getHours(), want timestamp.getHours() or timestamp.getHours(string) or duration.getHours()',
    ],
    ['event.count == "5"', '1:1: found int == string, want types the operator takes'],
    ['event.count == 5.0', '1:1: found int == double, want types the operator takes'],
    ['event.reason && true', '1:1: found string, want bool on both sides of && and ||'],
    ['event.count ? true : false', '1:7: found int, want bool as the condition'],
    ['event.reason', '1:1: found an expression of type string, want bool'],
    ['lastSeen', '1:1: found an expression of type timestamp, want bool'],
    ['event.reason in ["a", 1]', "1:23: List elements must have the same type, expected type 'string' but found 'int'"],
    ['', '1:1: found the end, want a value'],
    ['event.reason == "x" &&', '1:23: found the end, want a value'],
    ['(event.count > 1', '1:17: found the end, want )'],
    ['event.reason = "x"', '1:14: found =, want =='],
    ['event.count > 1 & true', '1:17: found &, want &&'],
    ['event.count > 1 and true', '1:17: found and, want an operator such as ==, && or in, or the end'],
    ["event.reason == 'x", "1:17: found 'x, want CEL (Unterminated string)"],
    [
      'event.message.matches("a**")',
      '1:23: regular expression:1:2: found **, want RE2 syntax (invalid nested repetition operator)',
    ],
    ['event.message.matches(event.reason)', '1:23: found an expression, want a regular expression in quotes'],
    ['event.count.matches("a")', '1:1: found int, want a string'],
    ['lastSeen > timestamp("yesterday")', '1:22: found "yesterday", want RFC 3339 such as "2026-01-31T08:00:00Z"'],
    ['lastSeen - firstSeen > duration("1 hour")', '1:33: found "1 hour", want a duration such as "90s" or "1h30m"'],
    [
      'lastSeen.getHours("Europe/Berlni") > 8',
      '1:19: found "Europe/Berlni", want a time zone such as "Europe/Berlin" or "+02:00"',
    ],
    ['{}[cluster] <= int("1")', '1:1: Operator overload'],
    ['has(event)', '1:5: found has() of something else, want has() of a field'],
  ])('refuses %j where it is wrong', (source, message) => {
    const error = errorOf(source);
    expect(error.message).toContain(`filter:${message}`);
    expect(error.code).toBe('FILTER_INVALID');
  });

  test.each([
    'lastSeen.__proto__.__proto__ == {}',
    'lastSeen.constructor == lastSeen',
    'has(lastSeen.getTime)',
    '[lastSeen][?0].__proto__.hasValue()',
    'duration("1s").seconds == 1',
    'event.__proto__ == event',
    'event.raw == event',
    'event["reason"] == "x"',
    'event.?reason.hasValue()',
    'cel.bind(a, event.message, a + a == "")',
    'cel.__proto__ == cel',
    'dyn(lastSeen).getTime == 1',
    'event.message.split("").join(event.message) == ""',
    'bytes(event.message).hex() == ""',
  ])('gives no way out of the record: %s', (source) => {
    expect(errorOf(source).code).toBe('FILTER_INVALID');
  });

  test('refuses what is too large', () => {
    const terms = (count: number): string => Array.from({ length: count }, () => 'true').join('||');
    expect(errorOf(' '.repeat(MAX_FILTER_LENGTH + 1)).message).toContain(`want at most ${MAX_FILTER_LENGTH}`);
    expect(errorOf(terms(MAX_FILTER_DEPTH + 2)).message).toContain('nested too deeply');
    expect(errorOf(`${'!'.repeat(MAX_FILTER_LENGTH - 4)}true`).message).toContain('nested too deeply');
    expect(errorOf(`event.count in [${'1,'.repeat(MAX_FILTER_NODES)}]`).message).toContain('too large');
    expect(selects(terms(MAX_FILTER_DEPTH))).toBe(true);
    expect(selects(`event.reason in [${'"SomeReason",'.repeat(1000)} "BackOff"]`)).toBe(true);
  });

  test('tells what a filter reads, and shows what was parsed', () => {
    const read = (source: string): string[] => [...compileFilter(source, unexpected).variables].toSorted();
    expect(read('event.reason == "x" && cluster == "y"')).toEqual(['cluster', 'event']);
    expect(read('has(object.labels.app) || [1].exists(n, n == occurrences)')).toEqual(['object', 'occurrences']);
    const { ast } = compileFilter('event.type == "Warning"', unexpected);
    expect(ast.toOldStructure()).toEqual(['==', ['.', ['id', 'event'], 'type'], ['value', 'Warning']]);
  });

  test('ends on any input with a filter that ends, or FILTER_INVALID', () => {
    const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 }));
    const context: RecordContext = { occurrences: 1, object: OBJECT };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { filter, error } = attempt(pieces.join(''));
        const result = filter ? filter.matches(recordOf(EVENT), context) : error?.code;
        expect([true, false, 'FILTER_INVALID']).toContain(result);
      }),
      { numRuns: 2000 },
    );
  });
});

// What may meet in a filter, in any order.
const PIECES = (
  'event .reason .metadata .labels object lastSeen "a" r\' 1 2.5 true null [ ] ( ) { } , : ? .? [? == != && || ! - + < in . ' +
  '// has( .matches( .exists(x, .map(x, x .all( duration( .size() .orValue( .__proto__'
)
  .split(' ')
  .concat(' ', '\n');
