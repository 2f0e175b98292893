/** What there is: version, clusters, rights. */
import * as v from 'valibot';
import { CONFIRMED_WITHIN_MS } from '../../core/missing-coverage.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { StatusError } from '../status-error.ts';
import { clusterSchema, metaSchema, stateAnswer } from './answers.ts';
import { type Call, type JsonApiContext, operation } from './operation.ts';
import { askForPath } from './path-access.ts';
import { SINKS_PATH } from './sinks.ts';

/** As the rule of RBAC that gives it: whoever may use some of the paths alone is not told here. */
const ADMINISTRATION = `${SINKS_PATH}/*`;

export const getMeta = operation({
  method: 'GET',
  path: '/meta',
  summary: 'The version, what is stored, and what the caller may do.',
  parameters: {},
  answer: stateAnswer(metaSchema),
  async run(call) {
    const { context } = call;
    await askForPath(call);
    const { oldest } = await context.history.stats();
    return {
      data: {
        version: context.version,
        now: rfc3339(context.now()),
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        clusters: await clustersOf(context),
        ...(oldest !== undefined && { retentionFrom: rfc3339(oldest) }),
        rights: await rightsOf(call),
        severities: [...SEVERITIES],
      },
    };
  },
});

export const listClusters = operation({
  method: 'GET',
  path: '/clusters',
  summary: 'The clusters that are stored, and whether they are watched.',
  parameters: {},
  answer: stateAnswer(v.array(clusterSchema)),
  async run(call) {
    await askForPath(call);
    return { data: await clustersOf(call.context) };
  },
});

export async function clustersOf({ history, now }: JsonApiContext) {
  const instant = now();
  const ledger = await history.coverage({ from: 0, to: instant });
  return (await history.clusters()).map((name) => {
    const ends = ledger.filter(({ cluster }) => cluster === name).map(({ intervals }) => intervals.at(-1)?.to ?? 0);
    const until = Math.max(0, ...ends);
    return {
      name,
      watching: instant - until <= CONFIRMED_WITHIN_MS,
      ...(until > 0 && { observedUntil: rfc3339(until) }),
    };
  });
}

async function rightsOf(call: Call) {
  const { admin, callers } = call.context;
  if (!admin) return { administer: false, sinks: false };
  const [administer, sinks] = await Promise.all([
    callers !== 'anybody' && isAllowed(call, ADMINISTRATION, 'post'),
    isAllowed(call, SINKS_PATH, 'get'),
  ]);
  return { administer, sinks };
}

async function isAllowed({ context, incoming }: Call, path: string, verb: string): Promise<boolean> {
  try {
    await context.access.path({ path, verb }, incoming);
    return true;
  } catch (error) {
    if (error instanceof StatusError && error.status.code === 403) return false;
    throw error;
  }
}
