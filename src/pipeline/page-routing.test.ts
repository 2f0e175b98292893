import { expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import { route } from '../../test/helpers/routes.ts';
import type { InvolvedObject } from '../component/message.ts';
import type { EventRecord } from '../core/record.ts';
import { compileFilter } from '../lang/filter.ts';
import { type PageRoutingOptions, pageRouting } from './page-routing.ts';
import type { Route } from './route-config.ts';
import { SinkRouter } from './sink-router.ts';

const filter = (source: string) => compileFilter(source, { otherwise: false, onError: () => {} });

function record(object: number): EventRecord {
  return revision({ event: object, resourceVersion: object, second: object, count: 1, object });
}

/** Every object is labelled with its UID, but for one of which nothing is known. */
function objectOf({ subject }: EventRecord): InvolvedObject | undefined {
  if (subject.uid === record(4).subject.uid) return undefined;
  return { labels: { uid: subject.uid ?? '' }, annotations: {}, owners: [], deleted: false };
}

async function routed({
  routes = [],
  ...options
}: Partial<PageRoutingOptions> & { readonly routes?: readonly Route[] }) {
  const asked: EventRecord[] = [];
  const route = pageRouting({
    router: () => new SinkRouter({ sink: 'chat', routes }),
    previousOf: async () => [],
    needsObject: false,
    accepts: () => true,
    ...options,
    objects: {
      async lookUp(records) {
        asked.push(...records);
        return records.map(objectOf);
      },
    },
  });
  const records = [1, 2, 3, 4].map(record);
  const messages = await route({ records, occurrences: [1, 2, 3, 4], cursor: 'c' });
  const shown = messages.map((message) => message && [message.occurrences, message.object?.labels['uid']]);
  return { messages, shown, asked: asked.map((one) => records.indexOf(one) + 1) };
}

const uid = (object: number): string => record(object).subject.uid ?? '';

test('pageRouting asks for nothing that nobody reads', async () => {
  const { shown, asked } = await routed({ routes: [route({ sinks: ['chat'] })] });
  expect(shown).toEqual([
    [1, undefined],
    [2, undefined],
    [3, undefined],
    [4, undefined],
  ]);
  expect(asked).toEqual([]);
});

test('pageRouting asks for what leads to a sink that sends it, and sends what is not found out without', async () => {
  const routes = [route({ sinks: ['chat'], match: filter(`event.involvedObject.uid != "${uid(2)}"`) })];
  const { shown, asked } = await routed({ routes, needsObject: true });
  expect(asked).toEqual([1, 3, 4]);
  expect(shown).toEqual([[1, uid(1)], undefined, [3, uid(3)], [4, undefined]]);
});

test('pageRouting asks for everything of interest where a route reads it, also deep inside', async () => {
  const inner = route({ sinks: ['chat'], match: filter(`object.labels.uid == "${uid(3)}"`) });
  const { shown, asked } = await routed({
    routes: [route({ routes: [inner] })],
    accepts: (one) => one.subject.uid !== uid(1),
  });
  expect(asked).toEqual([2, 3, 4]);
  expect(shown).toEqual([undefined, undefined, [3, uid(3)], undefined]);
});

test('pageRouting shows the object to the filter of a replay', async () => {
  const { shown } = await routed({ filter: filter(`object.labels.uid == "${uid(2)}"`) });
  expect(shown).toEqual([undefined, [2, uid(2)], undefined, undefined]);
});

test('pageRouting goes by the routes as they are when a page comes', async () => {
  const asking = [route({ sinks: ['chat'], match: filter(`object.labels.uid == "${uid(2)}"`) })];
  let router = new SinkRouter({ sink: 'chat', routes: [] });
  const prepare = pageRouting({
    router: () => router,
    needsObject: false,
    accepts: () => true,
    previousOf: async () => [],
    objects: { lookUp: async (records) => records.map(objectOf) },
  });
  const page = { records: [1, 2].map(record), occurrences: [1, 1], cursor: 'c' };
  expect((await prepare(page)).map((message) => message?.object)).toEqual([undefined, undefined]);
  router = new SinkRouter({ sink: 'chat', routes: asking });
  expect((await prepare(page)).map((message) => message?.object)).toEqual([undefined, objectOf(record(2))]);
});

test('pageRouting gives what leads to the sink the revision before it', async () => {
  const routes = [route({ sinks: ['chat'], match: filter(`object.labels.uid != "${uid(1)}"`) })];
  const previousOf: PageRoutingOptions['previousOf'] = async () => [record(5), undefined, record(6)];
  const { messages } = await routed({ routes, previousOf });
  expect(messages.map((message) => message?.previous)).toEqual([undefined, undefined, record(6), undefined]);
});
