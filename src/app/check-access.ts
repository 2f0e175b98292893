/** What callers are authenticated with, tried once: by questions about somebody whom nobody knows. */
import type { Check } from '../api/probes.ts';
import { ServingTls } from '../api/serving-tls.ts';
import type { AccessReviews } from '../component/access-reviews.ts';
import { RotatingFile } from '../config/rotating-file.ts';
import { messageOf } from '../core/errors.ts';
import { createAccessReviews } from '../sources/kubernetes/access-reviews.ts';
import type { ClusterConfig } from './collector.ts';
import { connectCluster } from './connect-cluster.ts';
import type { AccessConfig } from './open-access.ts';

const NOBODY = { name: 'tidings:check', groups: [], extra: {} };

/** Nothing where nobody is asked who they are. What is wrong is in the checks, it does not reject. */
export async function checkAccess(config: AccessConfig): Promise<readonly Check[]> {
  const { authentication, readTokenFile, tls, clusters } = config;
  return Promise.all([
    ...(tls ? [attempt(`certificate ${tls.certFile}`, () => new ServingTls(tls).current())] : []),
    ...(readTokenFile === undefined ? [] : [attempt(`token ${readTokenFile}`, () => readToken(readTokenFile))]),
    ...(authentication === 'kubernetes' ? clusters.map(checkReviews) : []),
  ]);
}

async function checkReviews(settings: ClusterConfig, index: number): Promise<Check> {
  let name = `callers of ${settings.name ?? `clusters[${index}]`}`;
  let reviews: AccessReviews | undefined;
  try {
    const connected = await connectCluster(settings);
    reviews = createAccessReviews(connected.client);
    name = `callers of ${connected.name} (${connected.server})`;
    await reviews.userOf(NOBODY.name);
    await reviews.mayAccess(NOBODY, { verb: 'get', path: '/version' });
    await reviews.namespaceCreatedAt('default');
    await reviews.clientAuthorities();
    return { name };
  } catch (error) {
    return { name, problem: messageOf(error) };
  } finally {
    await reviews?.close();
  }
}

function readToken(file: string): Promise<string> {
  return new RotatingFile(file, 'a token', Date.now).read({ fresh: true });
}

async function attempt(name: string, action: () => Promise<unknown>): Promise<Check> {
  try {
    await action();
    return { name };
  } catch (error) {
    return { name, problem: messageOf(error) };
  }
}
