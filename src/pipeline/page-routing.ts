/**
 * What the routes make of a page of the log on its way to one sink, with what is known of the objects for whoever reads
 * that: the routes' filters, or the sink alone, which then asks only for what is routed to it. Nobody else pays for it.
 */
import type { LogPage } from '../component/log.ts';
import type { Message } from '../component/message.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import type { EventRecord } from '../core/record.ts';
import type { Filter } from '../lang/filter.ts';
import { recordContext, type SinkRouter } from './sink-router.ts';

export interface PageRoutingOptions {
  /** Asked once a page: routes can be replaced in between. */
  readonly router: () => SinkRouter;
  readonly objects: Pick<ObjectLookup, 'lookUp'>;
  /** Whether the sink sends what is known of an object. */
  readonly needsObject: boolean;
  /** Which records are of interest at all. */
  readonly accepts: (record: EventRecord) => boolean;
  /** And which of those that the routes lead to the sink. */
  readonly filter?: Filter;
  /** The revision before each, where the sink sends that. */
  readonly previousOf: (records: readonly EventRecord[]) => Promise<readonly (EventRecord | undefined)[]>;
}

/** Undefined for what does not lead to the sink. */
export function pageRouting(options: PageRoutingOptions): (page: LogPage) => Promise<readonly (Message | undefined)[]> {
  const { objects, needsObject, accepts, filter, previousOf } = options;
  return async ({ records, occurrences }) => {
    const router = options.router();
    const asksFirst = router.readsObject || filter?.variables.has('object') === true;
    const [before, found] = await Promise.all([
      previousOf(records),
      asksFirst ? lookUp(objects, records, (index) => accepts(at(records, index))) : [],
    ]);
    const messages = records.map((record, index) => {
      if (!accepts(record)) return undefined;
      const [object, earlier] = [found[index], before[index]];
      const context = {
        occurrences: occurrences[index] ?? 0,
        ...(object && { object }),
        ...(earlier && { previous: earlier }),
      };
      const routed = router.route(record, context);
      if (routed === undefined || typeof routed === 'string') return undefined;
      return filter && !filter.matches(routed.record, recordContext(context)) ? undefined : routed;
    });
    if (asksFirst || !needsObject) return messages;
    const later = await lookUp(objects, records, (index) => messages[index] !== undefined);
    return messages.map((message, index) => withObject(message, later[index]));
  };
}

/** By place in the list; nothing for those that are not wanted. */
async function lookUp(
  objects: PageRoutingOptions['objects'],
  records: readonly EventRecord[],
  isWanted: (index: number) => boolean,
): Promise<readonly Message['object'][]> {
  const wanted = [...records.keys()].filter(isWanted);
  if (wanted.length === 0) return [];
  const found = await objects.lookUp(wanted.map((index) => at(records, index)));
  const byPlace: Message['object'][] = [];
  for (const [order, index] of wanted.entries()) byPlace[index] = found[order];
  return byPlace;
}

function withObject(message: Message | undefined, object: Message['object']): Message | undefined {
  return message && object ? { ...message, object } : message;
}

function at(records: readonly EventRecord[], index: number): EventRecord {
  const record = records[index];
  if (!record) throw new RangeError(`no record at ${index}`);
  return record;
}
