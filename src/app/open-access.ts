/** Who may see what is on an address, and over what it is served there. */
import { type Access, type Callers, EVERYTHING_ALLOWED } from '../api/access.ts';
import { FairUse } from '../api/fair-use.ts';
import { kubernetesAccess } from '../api/kubernetes-access.ts';
import { readTokenAccess } from '../api/read-token-access.ts';
import { ServingTls } from '../api/serving-tls.ts';
import type { AccessReviews } from '../component/access-reviews.ts';
import type { ListenAddress } from '../config/fields.ts';
import { RotatingFile } from '../config/rotating-file.ts';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { isLoopback } from '../util/loopback.ts';
import { RecentAnswers } from '../util/recent-answers.ts';
import { sleep } from '../util/sleep.ts';
import type { ClusterConfig } from './collector.ts';

export interface AccessConfig {
  readonly listen: ListenAddress;
  /** Those whose API servers are asked. */
  readonly clusters: readonly ClusterConfig[];
  /** Absent: nobody is asked who they are, unless there is a token. */
  readonly authentication?: 'kubernetes';
  readonly readTokenFile?: string;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

export interface OpenedAccess {
  readonly access: Access;
  /** Whether it knows who asks. */
  readonly callers: Callers;
  /** What one caller may take, of everything on the address together. */
  readonly fairUse: FairUse;
  /** Nobody is asked who they are: whatever is served is for programs of this machine. */
  readonly local: boolean;
  readonly tls?: ServingTls;
  /** The cluster that is asked when none is named. */
  readonly firstCluster?: string;
  close(): Promise<void>;
}

type Reviews = ReadonlyMap<string, AccessReviews>;

/** How soon another token holds. */
const TOKEN_VALID_MS = 5_000;
/** How long an API server that does not answer may hold up those who connect. */
const AUTHORITIES_TIMEOUT_MS = 2_000;

/** Rejects with the AppError that says what cannot be used of the configuration; API servers may be down. */
export async function openAccess(config: AccessConfig, logger: Logger): Promise<OpenedAccess> {
  const { authentication, readTokenFile, tls, listen } = config;
  const reviews: Reviews = authentication === 'kubernetes' ? await openReviews(config.clusters) : new Map();
  const close = async (): Promise<void> => {
    await Promise.all(Array.from(reviews.values(), (each) => each.close()));
  };
  try {
    const [firstCluster] = reviews.keys();
    const byRights = reviews.size > 0 ? kubernetesAccess({ clusters: reviews, logger }) : undefined;
    const byToken = readTokenFile === undefined ? undefined : await openTokenAccess(readTokenFile, byRights, logger);
    const access = byToken ?? byRights;
    return {
      access: access ?? EVERYTHING_ALLOWED,
      callers: access ? 'known' : 'anybody',
      fairUse: new FairUse(),
      local: access === undefined && listen.host !== undefined && isLoopback(listen.host),
      ...(tls && {
        tls: new ServingTls({ ...tls, ...(byRights && { clientAuthorities: clientAuthorities(reviews, logger) }) }),
      }),
      ...(firstCluster !== undefined && { firstCluster }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openReviews(clusters: readonly ClusterConfig[]): Promise<Reviews> {
  // Without authentication this thread needs no client.
  const [{ connectCluster }, { createAccessReviews }] = await Promise.all([
    import('./connect-cluster.ts'),
    import('../sources/kubernetes/access-reviews.ts'),
  ]);
  const connected = await Promise.all(clusters.map(connectCluster));
  return new Map(connected.map(({ name, client }) => [name, createAccessReviews(client)]));
}

/** A file that is deleted, or cannot be read any more, withdraws its token. */
async function openTokenAccess(file: string, otherwise: Access | undefined, logger: Logger): Promise<Access> {
  const read = () => new RotatingFile(file, 'a token', Date.now).read({ fresh: true });
  // What cannot be read is to be known at the start.
  await read();
  let isWithdrawn = false;
  const tokens = new RecentAnswers<string | undefined>({ capacity: 1, validMs: TOKEN_VALID_MS });
  const current = async (): Promise<string | undefined> => {
    try {
      const token = await read();
      isWithdrawn = false;
      return token;
    } catch (error) {
      if (!isWithdrawn)
        logger.warn({ problem: messageOf(error) }, 'the read token is withdrawn: nobody is let in by it');
      isWithdrawn = true;
      return undefined;
    }
  };
  return readTokenAccess(async () => (await tokens.get('', current)).value, otherwise);
}

/** Of all clusters, since callers show their certificate before they say which one they ask for. */
function clientAuthorities(reviews: Reviews, logger: Logger): () => Promise<string> {
  const known = new Map<string, string>();
  const problems = new Map<string, string>();
  const learn = async (name: string, each: AccessReviews): Promise<void> => {
    try {
      const { clients = '', proxies } = await each.clientAuthorities();
      known.set(name, `${clients}\n${proxies?.ca ?? ''}`.trim());
      problems.delete(name);
    } catch (error) {
      const problem = messageOf(error);
      if (problems.get(name) !== problem)
        logger.warn({ cluster: name, problem }, 'it is not known whose client certificates are to be accepted');
      problems.set(name, problem);
    }
  };
  return async () => {
    const learned = Promise.all(Array.from(reviews, ([name, each]) => learn(name, each)));
    const ending = new AbortController();
    await Promise.race([learned, sleep(AUTHORITIES_TIMEOUT_MS, ending.signal)]);
    ending.abort();
    return [...new Set(known.values())].filter(Boolean).join('\n');
  };
}
