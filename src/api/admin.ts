/**
 * Administration of deliveries: HTTP on a Unix socket in the data directory that only its owner may open, since callers
 * cannot be authenticated yet. Bodies and answers are JSON; an error is `{error: {code, message, hint}}`. A replay is
 * answered by one line of progress after the other; closing the connection ends it.
 */
import { chmod, rm } from 'node:fs/promises';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
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

function adminApp(admin: DeliveryAdmin): Hono {
  const app = new Hono();
  app.get('/v1/sinks', async (context) => context.json({ sinks: await admin.sinks() }));
  app.post('/v1/sinks/:name/test', async (context) =>
    context.json({ outcome: await admin.test(context.req.param('name')) }),
  );
  app.post('/v1/sinks/:name/pause', async (context) => done(context, admin.pause(context.req.param('name'))));
  app.post('/v1/sinks/:name/resume', async (context) => done(context, admin.resume(context.req.param('name'))));
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
  return app;
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

export interface AdminListener {
  close(): Promise<void>;
}

/** Rejects with LISTEN_FAILED. A socket that a program left behind is replaced: the store's lock says that it is gone. */
export async function listenForAdmin(admin: DeliveryAdmin, path: string): Promise<AdminListener> {
  const server = createAdaptorServer({ fetch: adminApp(admin).fetch });
  try {
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
  } catch (cause) {
    server.close();
    throw new AppError('LISTEN_FAILED', `listen on ${path}: ${messageOf(cause)}`, { cause });
  }
  return {
    async close() {
      await closed(server);
      await rm(path, { force: true });
    },
  };
}

function closed(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
