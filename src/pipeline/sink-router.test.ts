import { describe, expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { type RouteSketch, route } from '../../test/helpers/routes.ts';
import type { InvolvedObject, Message } from '../component/message.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import { compileFilter } from '../lang/filter.ts';
import { compileRegularExpression } from '../lang/regular-expression.ts';
import type { ThrottleField } from './route-config.ts';
import { SinkRouter } from './sink-router.ts';

const SECOND = 1_000;

/** A revision of an event, received in a second. */
function at(second: number, event = 1, object = 1): EventRecord {
  return {
    ...revision({ event, resourceVersion: second + 1, second, count: 1, object }),
    receivedAt: second * SECOND,
  };
}

const router = (...routes: readonly RouteSketch[]): SinkRouter =>
  new SinkRouter({ routes: routes.map(route), sink: 'chat', now: ({ receivedAt }) => receivedAt });

const CONTEXT = { occurrences: 1 };

function message(answer: unknown): Message {
  if (typeof answer !== 'object' || answer === null) throw new Error(`no message but ${String(answer)}`);
  return answer as Message;
}

describe('SinkRouter', () => {
  test('lets everything through without routes, and nothing that no route leads there', () => {
    expect(new SinkRouter({ sink: 'chat', routes: [] }).route(at(0), CONTEXT)).toEqual({
      record: at(0),
      key: recordKey(at(0)),
      occurrences: 1,
      labels: {},
      folded: 0,
    });
    expect(router({ sinks: ['search'] }).route(at(0), CONTEXT)).toBeUndefined();
  });

  test('adds the labels of all the routes on the way, the inner before the outer', () => {
    const routes = router({
      sinks: ['chat'],
      labels: { team: 'all', env: 'prod' },
      routes: [{ labels: { team: 'web' } }],
    });
    expect(message(routes.route(at(0), CONTEXT)).labels).toEqual({ team: 'web', env: 'prod' });
  });

  test('sends one revision of an event a window, and says with the next how many were held back', () => {
    const routes = router({ sinks: ['chat'], dedupe: { window: 60 * SECOND } });
    expect(message(routes.route(at(0), CONTEXT)).folded).toBe(0);
    expect([10, 20, 59].map((second) => routes.route(at(second), CONTEXT))).toEqual(['dedupe', 'dedupe', 'dedupe']);
    expect(message(routes.route(at(30, 2), CONTEXT)).folded).toBe(0);
    expect(message(routes.route(at(60), CONTEXT)).folded).toBe(3);
    expect(routes.route(at(61), CONTEXT)).toBe('dedupe');
  });

  test('lets a burst through, then the rate, for each key', () => {
    const key: readonly ThrottleField[] = ['involvedObject.name'];
    const routes = router({ sinks: ['chat'], throttle: { rate: { count: 6, periodMs: 60 * SECOND }, burst: 2, key } });
    const passes = (second: number, object: number): boolean =>
      routes.route(at(second, second, object), CONTEXT) !== 'throttle';
    expect([0, 1, 2, 9, 10, 11].map((second) => passes(second, 1))).toEqual([true, true, false, false, true, false]);
    expect(passes(12, 2)).toBe(true);
    expect([100, 101, 102].map((second) => passes(second, 1))).toEqual([true, true, false]);
  });

  test('tells keys apart also when they are long and begin alike', () => {
    const throttle = { rate: { count: 1, periodMs: 60 * SECOND }, key: ['message'] as const };
    const routes = router({ sinks: ['chat'], throttle });
    const passes = (message: string): boolean => {
      const record = at(0);
      return routes.route({ ...record, body: { ...record.body, message } }, CONTEXT) !== 'throttle';
    };
    const long = 'x'.repeat(100_000);
    expect([long, `${long}a`, long, `${long}a`].map(passes)).toEqual([true, true, false, false]);
  });

  test('takes a share, the same each time', () => {
    const sampled = (): readonly number[] => {
      const routes = router({ sinks: ['chat'], sample: 0.25 });
      return Array.from({ length: 2_000 }, (_, n) => n).filter((n) => routes.route(at(n, n), CONTEXT) !== 'sample');
    };
    const first = sampled();
    expect(sampled()).toEqual(first);
    const routes = router({ sinks: ['chat'], sample: 0.25 });
    expect(Array.from({ length: 2_000 }, (_, n) => n).filter((n) => routes.leads(at(n, n), 1))).toEqual(first);
    expect(router({ sinks: ['other'] }).leads(at(0), 1)).toBe(false);
    expect(first.length).toBeGreaterThan(400);
    expect(first.length).toBeLessThan(600);
  });

  test('redacts the message and annotations, and leaves the record that was given as it was', () => {
    const plain = at(0);
    const record: EventRecord = {
      ...plain,
      body: {
        ...plain.body,
        message: 'token=abc and token=$1',
        metadata: { ...plain.body.metadata, annotations: { note: 'token=xyz' } },
      },
    };
    const pattern = compileRegularExpression('token=[^ ]+');
    const routes = router({ sinks: ['chat'], redact: [{ pattern, replacement: 'token=$0' }] });
    const { body } = message(routes.route(record, CONTEXT)).record;
    expect(body.message).toBe('token=$0 and token=$0');
    expect(body.metadata.annotations).toEqual({ note: 'token=$0' });
    expect(record.body.message).toBe('token=abc and token=$1');
  });

  test('shows filters what is known of the object, the nearest owner of a kind', () => {
    const owner = (kind: string, name: string) => ({ apiVersion: 'v1', kind, name, uid: name, controller: true });
    const object: InvolvedObject = {
      labels: { app: 'web' },
      annotations: {},
      owners: [owner('ReplicaSet', 'near'), owner('Deployment', 'web'), owner('ReplicaSet', 'far')],
      node: 'n1',
      deleted: false,
    };
    const source =
      'object.labels.app == "web" && object.owners.ReplicaSet == "near" && object.owners.Deployment == "web" && object.node == "n1"';
    const match = compileFilter(source, { otherwise: false, onError: () => {} });
    const routes = router({ match, sinks: ['chat'] });
    expect(message(routes.route(at(0), { occurrences: 1, object })).object).toBe(object);
    expect(routes.route(at(0), CONTEXT)).toBeUndefined();
  });
});
