import { join } from 'node:path';
import { freePorts } from '../cluster/free-ports.ts';
import { installation, java } from './installation.ts';
import { launch, type RunningServer, type ServerContext, serverDir, succeeds } from './running-server.ts';

export interface SearchEngine extends RunningServer {
  /** Without a slash at its end. There are no credentials. */
  readonly url: string;
}

interface SearchEngineNode {
  readonly name: 'elasticsearch' | 'opensearch';
  /** Ours, which starts a node within its own process. */
  readonly mainClass: string;
  readonly args: (place: { home: string; dir: string }) => readonly string[];
}

/** One node. The ports follow its arguments. */
export async function startSearchEngine(
  { name, mainClass, args }: SearchEngineNode,
  context: ServerContext,
): Promise<SearchEngine> {
  const dir = serverDir(context, name);
  const { http, transport } = await freePorts('http', 'transport');
  const url = `http://127.0.0.1:${http}`;
  const home = installation(name);
  const classPath = [join(home, 'classes'), join(home, 'lib', '*')].join(':');
  const server = await launch({
    name,
    dir,
    command: [
      ...java('256m'),
      '-Dlog4j2.level=WARN',
      '-cp',
      classPath,
      mainClass,
      ...args({ home, dir }),
      String(http),
      String(transport),
    ],
    ready: () => succeeds(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`),
  });
  return { ...server, url };
}
