import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerContext } from './running-server.ts';
import { type SearchEngine, startSearchEngine } from './search-engine.ts';

/**
 * One node without X-Pack and without the modules that are in no registry: bulk requests, index templates, data streams
 * and searches work; `GET /`, ingest pipelines, security and index lifecycles do not exist.
 */
export function startElasticsearch(context: ServerContext): Promise<SearchEngine> {
  const args = ({ home, dir }: { home: string; dir: string }): readonly string[] => {
    mkdirSync(join(dir, 'config'));
    return [home, dir];
  };
  return startSearchEngine({ name: 'elasticsearch', mainClass: 'ElasticsearchNode', args }, context);
}
