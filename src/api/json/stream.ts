/** Events as they are committed: server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
import * as v from 'valibot';
import { asStored, matches } from '../../component/event-query.ts';
import type { StoredEvent } from '../../component/history.ts';
import type { Cursor, LogPage } from '../../component/log.ts';
import { AppError } from '../../core/errors.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { Change } from '../../util/change.ts';
import { sleep } from '../../util/sleep.ts';
import { streamedSchema } from './answers.ts';
import { eventRow } from './event-row.ts';
import { clustersOf } from './meta.ts';
import { type Asked, operation } from './operation.ts';
import { rangeParameters } from './parameters.ts';
import { type Question, questionOf, type RangeParameters } from './question.ts';
import { type Send, StreamedAnswer } from './streamed-answer.ts';

const BEAT_MS = 10_000;
const BATCH_MS = 100;
const BATCH_RECORDS = 1_000;
/** How often rights are asked for again, at most. */
const LEAST_VALID_MS = 1_000;
/** Whenever they were last seen. */
const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };

const { from: _from, to: _to, tz: _tz, ...filters } = rangeParameters;

const streamParameters = {
  ...filters,
  format: v.exactOptional(
    v.pipe(
      v.picklist(['rows', 'records'], 'rows or records'),
      v.description('`records`: events in full, as of /export.'),
    ),
    'rows',
  ),
  cursor: v.exactOptional(
    v.pipe(
      v.string(),
      v.description('The `id` to go on after; `Last-Event-ID` comes before it. From now on when both are absent.'),
    ),
  ),
} as const;

export const streamEvents = operation({
  method: 'GET',
  path: '/stream',
  summary:
    'Revisions as they are stored: `rows` or `records`; `gap` when it cannot go on where it is asked to; `beat` every 10 s.',
  parameters: streamParameters,
  answer: streamedSchema,
  streamed: 'text/event-stream',
  async run(asked) {
    const { context, incoming, parameters } = asked;
    const question = await questionOf(asked, parameters, { verb: 'watch', range: EVER });
    const header = incoming.headers['last-event-id'];
    const cursor = (typeof header === 'string' && header !== '' ? header : undefined) ?? parameters.cursor;
    const start = cursor ?? (await context.history.end());
    const end = context.fairUse.watch(question.caller);
    return new StreamedAnswer('text/event-stream', (send) =>
      new EventStream(asked, question, send).run(start).finally(end),
    );
  },
});

type StreamParameters = RangeParameters & { readonly format: 'rows' | 'records' };

class EventStream {
  readonly #asked: Asked<StreamParameters>;
  readonly #send: Send;
  #question: Question;
  #validUntil: number;
  #beatAt = 0;

  constructor(asked: Asked<StreamParameters>, question: Question, send: Send) {
    this.#asked = asked;
    this.#send = send;
    this.#question = question;
    this.#validUntil = validUntil(question);
  }

  /** Resolves when the reader goes, when the API ends, and when the right to read is gone. */
  async run(start: Cursor): Promise<void> {
    const { context, signal } = this.#asked;
    const ending = AbortSignal.any([signal, context.closing]);
    const committed = new Change();
    const unwatch = context.commits.watch(() => committed.notify());
    try {
      let cursor = start;
      while (!ending.aborted && (await this.#isAllowed())) {
        const { count } = committed;
        const page = await this.#read(cursor);
        cursor = page.cursor;
        const events = page.records.map((record, index) => asStored(record, page.occurrences[index] ?? 0));
        if (events.some(({ cluster }) => this.#isNew(cluster))) {
          this.#validUntil = 0;
          if (!(await this.#isAllowed())) return;
        }
        const selected = events.filter((event) => matches(event, this.#question.query));
        if (selected.length > 0) {
          const { format } = this.#asked.parameters;
          await this.#event(format, cursor, this.#printed(selected));
          await sleep(BATCH_MS, ending);
        }
        if (performance.now() >= this.#beatAt) await this.#beat(cursor);
        if (events.length < BATCH_RECORDS) await committed.wait(count, ending);
      }
    } finally {
      unwatch();
    }
  }

  /** From the end on when the log no longer holds what comes after the cursor, or never gave it. */
  async #read(cursor: Cursor): Promise<LogPage> {
    const { history, now } = this.#asked.context;
    // Rejects when another store has taken the place of this one, where nothing is ever written again.
    history.dataVersion();
    try {
      return await history.read(cursor, { limit: BATCH_RECORDS });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CURSOR_INVALID') throw error;
      const end = await history.end();
      await this.#event('gap', end, JSON.stringify({ until: rfc3339(now()), detail: error.message }));
      return { records: [], occurrences: [], cursor: end };
    }
  }

  async #beat(cursor: Cursor): Promise<void> {
    const { context } = this.#asked;
    const { clusters } = this.#question;
    const known = (await clustersOf(context)).filter(({ name }) => clusters.includes(name));
    await this.#event('beat', cursor, JSON.stringify({ now: rfc3339(context.now()), clusters: known }));
    this.#beatAt = performance.now() + BEAT_MS;
  }

  /** Asks again when what was answered may no longer be relied on. */
  async #isAllowed(): Promise<boolean> {
    if (performance.now() < this.#validUntil) return true;
    try {
      this.#question = await questionOf(this.#asked, this.#asked.parameters, { verb: 'watch', range: EVER });
    } catch {
      // Whoever connects again is told.
      return false;
    }
    this.#validUntil = validUntil(this.#question);
    return true;
  }

  /** A cluster that was not there when rights were asked for. */
  #isNew(name: string): boolean {
    const { clusters, refused } = this.#question;
    if (this.#asked.parameters.cluster) return false;
    return !clusters.includes(name) && !refused.some(({ cluster }) => cluster === name);
  }

  #printed(events: readonly StoredEvent[]): string {
    const { context, parameters } = this.#asked;
    if (parameters.format === 'rows') return JSON.stringify(events.map(eventRow));
    return `[${events.map((event) => context.recordJson(event)).join(',')}]`;
  }

  #event(name: 'rows' | 'records' | 'gap' | 'beat', id: Cursor, data: string): Promise<void> {
    return this.#send(`event: ${name}\nid: ${id}\ndata: ${data}\n\n`);
  }
}

function validUntil({ validMs }: Question): number {
  return performance.now() + Math.max(LEAST_VALID_MS, validMs);
}
