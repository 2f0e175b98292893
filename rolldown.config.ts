import { defineConfig, type Plugin } from 'rolldown';

const HTTP = '\0http';

/**
 * An import of node:http reads every export there is, and WebSocket loads Node's own copy of undici: 3 MiB of memory in
 * each thread that does. What is asked for by getBuiltinModule is not looked through.
 * https://nodejs.org/api/process.html#processgetbuiltinmoduleid
 */
const httpAlone: Plugin = {
  name: 'http-alone',
  resolveId: (id, _importer, { kind }) => (id === 'node:http' && kind === 'import-statement' ? HTTP : undefined),
  load: (id) =>
    id === HTTP
      ? `export const {
          Agent, createServer, IncomingMessage, request, ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue,
        } = process.getBuiltinModule('node:http');`
      : undefined,
};

/**
 * The release: one bundle, and the collector's thread beside it, which share what they have in common. What stays outside
 * is native, or loaded by a path of its own.
 */
export default defineConfig({
  input: { main: 'src/main.ts', 'collector-thread': 'src/app/collector-thread.ts' },
  platform: 'node',
  external: ['better-sqlite3', 'pino-pretty'],
  plugins: [httpAlone],
  output: { dir: 'dist', format: 'esm', minify: true, cleanDir: true },
});
