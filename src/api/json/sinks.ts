/** Sinks and their dead letters: how they are doing, and operating them. Everything takes the right to its path. */
import * as v from 'valibot';
import type { DeliveryAdmin, ReplayProgress } from '../../component/delivery-admin.ts';
import { allFilters } from '../../component/event-filter.ts';
import type { SinkStart } from '../../component/sink-start.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { shortFormToFilter } from '../../lang/short-form.ts';
import { doneSchema, stateAnswer } from './answers.ts';
import { API_ROOT } from './api-root.ts';
import { eventFields } from './event-row.ts';
import { type Call, operation } from './operation.ts';
import { limitParameter, timeOf, timeParameter } from './parameters.ts';
import { askForPath } from './path-access.ts';
import { Problem, problemOf } from './problem.ts';
import { filtersOf } from './question.ts';
import {
  deadLettersSchema,
  outcomeSchema,
  replayProgressSchema,
  retriedSchema,
  sinkActivitySchema,
  sinkSchema,
} from './sink-answers.ts';
import { type Send, StreamedAnswer } from './streamed-answer.ts';

/** Seeing sinks is the right to `get` it. */
export const SINKS_PATH = `${API_ROOT}/sinks`;

const COUNT_MS = 2_000;
const MINUTE_MS = 60_000;

export const listSinks = operation({
  method: 'GET',
  path: '/sinks',
  summary: 'How the sinks are doing.',
  parameters: {},
  answer: stateAnswer(v.array(sinkSchema)),
  async run(call) {
    const admin = await permitted(call);
    return {
      data: (await admin.sinks()).map(({ lagSeconds, lastFailure, ...sink }) => ({
        ...sink,
        lagMs: Math.round(lagSeconds * 1000),
        ...(lastFailure && { lastFailure: { ...lastFailure, at: rfc3339(lastFailure.at) } }),
      })),
    };
  },
});

export const getSinkActivity = operation({
  method: 'GET',
  path: '/sinks/:name/activity',
  summary: 'What a sink did lately: records it took, minute by minute, and why it did not take others.',
  parameters: {},
  answer: stateAnswer(sinkActivitySchema),
  async run(call) {
    const { delivered, failures } = await (await permitted(call)).activity(nameOf(call));
    return {
      data: {
        delivered: { start: rfc3339(delivered.start), stepMs: MINUTE_MS, counts: [...delivered.counts] },
        failures: failures.map((one) => ({ ...one, since: rfc3339(one.since), at: rfc3339(one.at) })),
      },
    };
  },
});

export const afterParameter = v.exactOptional(
  v.pipe(v.number('a number'), v.integer('a whole number'), v.description('The `id` of the last one that is known.')),
);

export const listDeadLetters = operation({
  method: 'GET',
  path: '/sinks/:name/dead-letters',
  summary: 'What a sink will never take as it is, oldest first.',
  parameters: {
    limit: limitParameter(1_000, 200),
    after: afterParameter,
  },
  answer: stateAnswer(deadLettersSchema),
  async run(call) {
    await askForPath(call);
    const { limit, after } = call.parameters;
    const query = { sink: nameOf(call), limit: limit + 1, ...(after !== undefined && { after }) };
    const letters = await call.context.ledger.deadLetters(query);
    const rows = letters.slice(0, limit).map(({ id, at, failure, record }) => ({
      id,
      at: rfc3339(at),
      ...failure,
      event: eventFields(record),
    }));
    return { data: { rows, more: letters.length > limit } };
  },
});

export const testSink = operation({
  method: 'POST',
  path: '/sinks/:name/test',
  summary: 'Sends a marked event, once, past the log and the routes.',
  parameters: {},
  answer: stateAnswer(outcomeSchema),
  run: async (call) => ({ data: await (await operating(call)).test(nameOf(call)) }),
});

export const pauseSink = operation({
  method: 'POST',
  path: '/sinks/:name/pause',
  summary: 'Delivers nothing more to the sink until it is resumed, also after a restart.',
  parameters: {},
  answer: stateAnswer(doneSchema),
  run: (call) => done(call, (admin, name) => admin.pause(name)),
});

export const resumeSink = operation({
  method: 'POST',
  path: '/sinks/:name/resume',
  summary: 'Goes on where it was paused.',
  parameters: {},
  answer: stateAnswer(doneSchema),
  run: (call) => done(call, (admin, name) => admin.resume(name)),
});

export const forgetSink = operation({
  method: 'POST',
  path: '/sinks/:name/forget',
  summary: 'Forgets how far a sink got that is not configured any more; its dead letters stay.',
  parameters: {},
  answer: stateAnswer(doneSchema),
  run: (call) => done(call, (admin, name) => admin.forget(name)),
});

const WANTED_PLACE = 'now, beginning, or a time such as 2026-01-31T08:00:00Z or now-24h';

export const seekSink = operation({
  method: 'POST',
  path: '/sinks/:name/seek',
  summary: 'Goes on from another place of the log.',
  parameters: {},
  body: v.strictObject({
    to: v.pipe(
      v.union([v.literal('beginning'), timeParameter], WANTED_PLACE),
      v.description(`${WANTED_PLACE}: the first that was received then.`),
    ),
  }),
  answer: stateAnswer(doneSchema),
  run: (call) =>
    done(call, async (admin, name) => {
      await admin.seek(name, startOf(call.body.to, call.context.now()));
    }),
});

function startOf(text: string, now: number): SinkStart {
  return text === 'now' || text === 'beginning' ? { kind: text } : { kind: 'time', time: timeOf(text, now) };
}

const idsBody = v.strictObject({ ids: v.pipe(v.array(v.pipe(v.number(), v.integer())), v.maxLength(1_000)) });

export const retryDeadLetters = operation({
  method: 'POST',
  path: '/sinks/:name/dead-letters/retry',
  summary: 'Sends dead letters of the sink again, each once; those that are taken are forgotten.',
  parameters: {},
  body: idsBody,
  answer: stateAnswer(retriedSchema),
  async run(call) {
    const admin = await operating(call);
    const { outcomes, withoutSink } = await admin.retryDeadLetters(await ownIds(call, call.body.ids));
    if (withoutSink.size > 0) throw notConfigured(nameOf(call));
    return { data: [...outcomes].map(([id, outcome]) => ({ id, outcome })) };
  },
});

export const dropDeadLetters = operation({
  method: 'POST',
  path: '/sinks/:name/dead-letters/drop',
  summary: 'Forgets dead letters of the sink.',
  parameters: {},
  body: idsBody,
  answer: stateAnswer(doneSchema),
  run: (call) =>
    done(call, async (admin) => {
      await admin.dropDeadLetters(await ownIds(call, call.body.ids));
    }),
});

/** Those that are not there, or of another sink, are passed over. */
async function ownIds(call: Call, ids: readonly number[]): Promise<number[]> {
  const letters = await Promise.all([...new Set(ids)].map((id) => call.context.ledger.deadLetter(id)));
  return letters.flatMap((letter) => (letter?.sink === nameOf(call) ? [letter.id] : []));
}

export const replayToSink = operation({
  method: 'POST',
  path: '/sinks/:name/replay',
  summary:
    'Sends stored revisions to the sink again, and says how far it is, a line a second; ends with the connection.',
  parameters: {},
  body: v.strictObject({
    from: v.exactOptional(timeParameter),
    to: v.exactOptional(timeParameter),
    q: v.exactOptional(v.string()),
    cel: v.exactOptional(v.string()),
    dryRun: v.exactOptional(v.pipe(v.boolean(), v.description('Only says how many it would be, before the routes.'))),
  }),
  answer: replayProgressSchema,
  streamed: 'application/x-ndjson',
  async run(call) {
    const admin = await operating(call);
    const { context, body, signal } = call;
    const now = context.now();
    const [since, until] = [body.from, body.to].map((text) => (text === undefined ? text : timeOf(text, now)));
    const range = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
    // Before anything is streamed, so that what is wrong with them has its own answer.
    const filters = filtersOf(body, () => {});
    if (body.dryRun) return new StreamedAnswer('application/x-ndjson', count);
    const conditions = [body.q === undefined ? undefined : shortFormToFilter(body.q), body.cel];
    const written = conditions.filter((condition) => condition !== undefined).map((condition) => `(${condition})`);
    const request = { sink: nameOf(call), ...range, ...(written.length > 0 && { filter: written.join(' && ') }) };
    // One that is not there has its own answer too.
    await admin.activity(request.sink);
    return new StreamedAnswer('application/x-ndjson', async (send) => {
      const line = (value: v.InferOutput<typeof replayProgressSchema>) => send(`${JSON.stringify(value)}\n`);
      try {
        const onProgress = (progress: ReplayProgress) => void line({ progress: printed(progress), done: false });
        await line({ progress: printed(await admin.replay(request, onProgress, signal)), done: true });
      } catch (error) {
        await line({ problem: problemOf(error, context.callers).details, done: true });
      }
    });

    async function count(send: Send): Promise<void> {
      const stopping = AbortSignal.any([signal, AbortSignal.timeout(COUNT_MS)]);
      const { counts, countedFrom } = await context.history.counts(
        { ...range, ...(filters.length > 0 && { filter: allFilters(filters) }) },
        { by: () => '', signal: stopping },
      );
      const records = counts.reduce((sum, { revisions }) => sum + revisions, 0);
      await send(`${JSON.stringify({ records, atLeast: countedFrom !== undefined, done: true })}\n`);
    }
  },
});

function printed({ reached, ...progress }: ReplayProgress) {
  return { ...progress, ...(reached !== undefined && { reached: rfc3339(reached) }) };
}

function nameOf({ path }: Call): string {
  return path['name'] ?? '';
}

/** With the right to see them all, for paths that are not theirs. Throws {@link Problem} 501 where nothing is delivered. */
export async function permittedToSinks({ context, incoming }: Call): Promise<DeliveryAdmin> {
  await context.access.path({ path: SINKS_PATH, verb: 'get' }, incoming);
  return adminOf(context);
}

async function permitted(call: Call): Promise<DeliveryAdmin> {
  await askForPath(call);
  return adminOf(call.context);
}

function adminOf({ admin }: Call['context']): DeliveryAdmin {
  if (admin) return admin;
  const hint = 'Ask the `tidings run` that collects into this store.';
  throw new Problem(501, 'nothing is delivered here: this is `tidings serve`, which only reads', { hint });
}

/** Throws {@link Problem} 403 where nobody is asked who they are: whoever reaches the address is not the operator yet. */
async function operating(call: Call): Promise<DeliveryAdmin> {
  const admin = await permitted(call);
  if (call.context.callers !== 'anybody') return admin;
  const hint = 'Use `tidings sinks` and its like where it runs, or serve with --authentication kubernetes.';
  throw new Problem(403, 'found a caller whom nobody knows, want one who may operate sinks', { hint });
}

/** Its dead letters are there all the same. */
function notConfigured(name: string): Problem {
  const detail = `retry dead letters of ${JSON.stringify(name)}: found no sink of that name, want one that is configured`;
  return new Problem(404, detail, { code: 'SINK_NOT_FOUND' });
}

async function done(call: Call, work: (admin: DeliveryAdmin, name: string) => Promise<void>) {
  await work(await operating(call), nameOf(call));
  return { data: {} };
}
