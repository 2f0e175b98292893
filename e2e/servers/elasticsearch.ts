import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../cluster/free-ports.ts';
import { installation, java } from './installation.ts';
import { launch, type RunningServer, type ServerContext, serverDir, succeeds } from './running-server.ts';

export interface Elasticsearch extends RunningServer {
  /** Without a slash at its end. There are no credentials. */
  readonly url: string;
}

/**
 * One node without X-Pack and without the modules that are in no registry: bulk requests, index templates, data streams
 * and searches work; `GET /`, ingest pipelines, security and index lifecycles do not exist.
 */
export async function startElasticsearch(context: ServerContext): Promise<Elasticsearch> {
  const dir = serverDir(context, 'elasticsearch');
  mkdirSync(join(dir, 'config'));
  const { http, transport } = await freePorts('http', 'transport');
  const url = `http://127.0.0.1:${http}`;
  const home = installation('elasticsearch');
  const classPath = [join(home, 'classes'), join(home, 'lib', '*')].join(':');
  const server = await launch({
    name: 'elasticsearch',
    dir,
    command: [
      ...java('256m'),
      '-Dlog4j2.level=WARN',
      '-cp',
      classPath,
      'ElasticsearchNode',
      ...[home, dir, http, transport].map(String),
    ],
    ready: () => succeeds(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`),
  });
  return { ...server, url };
}
