import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'ui/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    setupFiles: ['test/helpers/fail-on-console.ts'],
    testTimeout: 20_000,
    // Many wait for a server or a clock of their own: one worker a core, also where there are two.
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts'],
      reporter: ['text-summary'],
      // The rooms that hold what must not be lost. What runs in the collector's thread is not counted.
      thresholds: Object.fromEntries(
        ['config', 'core', 'pipeline', 'simulator', 'sources', 'store', 'util'].map((room) => [
          `src/${room}/**`,
          { lines: 95 },
        ]),
      ),
    },
  },
});
