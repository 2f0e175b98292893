import { defineConfig } from 'rolldown';

/**
 * The release: one bundle, and the collector's thread beside it, which share what they have in common. What stays outside
 * is native, or loaded by a path of its own.
 */
export default defineConfig({
  input: { main: 'src/main.ts', 'collector-thread': 'src/app/collector-thread.ts' },
  platform: 'node',
  external: ['better-sqlite3', 'pino-pretty'],
  output: { dir: 'dist', format: 'esm', minify: true, cleanDir: true },
});
