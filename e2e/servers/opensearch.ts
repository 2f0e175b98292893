import { join } from 'node:path';
import { freePorts } from '../cluster/free-ports.ts';
import { installation, java } from './installation.ts';
import { launch, type RunningServer, type ServerContext, serverDir, succeeds } from './running-server.ts';

export interface OpenSearch extends RunningServer {
  /** Without a slash at its end. There are no credentials. */
  readonly url: string;
}

/** One node without the security plugin, with the modules for text analysis, ingest pipelines, scripts and reindexing. */
export async function startOpenSearch(context: ServerContext): Promise<OpenSearch> {
  const dir = serverDir(context, 'opensearch');
  const { http, transport } = await freePorts('http', 'transport');
  const url = `http://127.0.0.1:${http}`;
  const home = installation('opensearch');
  const classPath = [join(home, 'classes'), join(home, 'lib', '*')].join(':');
  const server = await launch({
    name: 'opensearch',
    dir,
    command: [
      ...java('256m'),
      '-Dlog4j2.level=WARN',
      '-cp',
      classPath,
      'OpenSearchNode',
      ...[dir, http, transport].map(String),
    ],
    ready: () => succeeds(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`),
  });
  return { ...server, url };
}
