import type { ServerContext } from './running-server.ts';
import { type SearchEngine, startSearchEngine } from './search-engine.ts';

/** One node without the security plugin, with the modules for text analysis, ingest pipelines, scripts and reindexing. */
export function startOpenSearch(context: ServerContext): Promise<SearchEngine> {
  return startSearchEngine({ name: 'opensearch', mainClass: 'OpenSearchNode', args: ({ dir }) => [dir] }, context);
}
