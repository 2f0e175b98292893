/**
 * What the admin socket answers. Bodies and answers are JSON; an error is `{error: {code, message, hint}}`. A replay is
 * answered by one line of progress after the other; closing the connection ends it.
 */
import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as v from 'valibot';
import type { DeliveryAdmin } from '../component/delivery-admin.ts';
import { AppError, messageOf } from '../core/errors.ts';

const startBody = v.strictObject({
  start: v.variant('kind', [
    v.strictObject({ kind: v.literal('now') }),
    v.strictObject({ kind: v.literal('beginning') }),
    v.strictObject({ kind: v.literal('ago'), ms: v.number() }),
    v.strictObject({ kind: v.literal('time'), time: v.number() }),
  ]),
});
const idsBody = v.strictObject({ ids: v.array(v.number()) });
const replayBody = v.strictObject({
  sink: v.string(),
  since: v.exactOptional(v.number()),
  until: v.exactOptional(v.number()),
  filter: v.exactOptional(v.string()),
});

/** Answers what is asked of the admin socket. */
export function adminApp(admin: DeliveryAdmin): RequestListener {
  const app = new Hono();
  app.get('/v1/sinks', async (context) => context.json({ sinks: await admin.sinks() }));
  app.post('/v1/sinks/:name/test', async (context) =>
    context.json({ outcome: await admin.test(context.req.param('name')) }),
  );
  app.post('/v1/sinks/:name/pause', async (context) => done(context, admin.pause(context.req.param('name'))));
  app.post('/v1/sinks/:name/resume', async (context) => done(context, admin.resume(context.req.param('name'))));
  app.post('/v1/sinks/:name/forget', async (context) => done(context, admin.forget(context.req.param('name'))));
  app.post('/v1/sinks/:name/seek', async (context) => {
    const { start } = await body(context, startBody);
    return done(context, admin.seek(context.req.param('name'), start));
  });
  app.post('/v1/dead-letters/retry', async (context) => {
    const { outcomes, withoutSink } = await admin.retryDeadLetters((await body(context, idsBody)).ids);
    return context.json({
      outcomes: [...outcomes].map(([id, outcome]) => ({ id, ...outcome })),
      withoutSink: [...withoutSink].map(([sink, letters]) => ({ sink, letters })),
    });
  });
  app.post('/v1/dead-letters/drop', async (context) =>
    done(context, admin.dropDeadLetters((await body(context, idsBody)).ids)),
  );
  app.post('/v1/replays', async (context) => {
    const request = await body(context, replayBody);
    const stopping = new AbortController();
    return stream(context, async (out) => {
      out.onAbort(() => stopping.abort());
      const line = (value: unknown): Promise<unknown> => out.write(`${JSON.stringify(value)}\n`);
      try {
        const progress = await admin.replay(request, (at) => void line({ progress: at }), stopping.signal);
        await line({ progress, done: true });
      } catch (error) {
        await line({ error: described(error) });
      }
    });
  });
  app.notFound((context) => context.json({ error: { message: `found no ${context.req.path}` } }, 404));
  app.onError((error, context) => context.json({ error: described(error) }, statusOf(error)));
  const listener = getRequestListener(app.fetch);
  return (request, response) => void listener(request, response);
}

async function done(context: Context, work: Promise<void>): Promise<Response> {
  await work;
  return context.json({});
}

async function body<TSchema extends v.GenericSchema>(
  context: Context,
  schema: TSchema,
): Promise<v.InferOutput<TSchema>> {
  const result = v.safeParse(schema, await context.req.json().catch(() => undefined));
  if (result.success) return result.output;
  const [{ message, path }] = result.issues;
  const where = path?.map(({ key }) => String(key)).join('.') ?? 'the body';
  throw new AppError('USAGE', `administer deliveries: ${where}: ${message}`);
}

function described(error: unknown) {
  const { code, hint } = error instanceof AppError ? error : { code: undefined, hint: undefined };
  return { code, message: messageOf(error), hint };
}

function statusOf(error: unknown): ContentfulStatusCode {
  if (!(error instanceof AppError)) return 500;
  if (error.code === 'SINK_NOT_FOUND') return 404;
  return error.exitCode === 2 ? 400 : 500;
}
