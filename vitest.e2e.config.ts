import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.test.ts'],
    // See e2e/README.md: nothing builds it.
    exclude: process.env['K9S'] === undefined ? ['e2e/k9s.e2e.test.ts'] : [],
    // Each file starts processes that use both cores of a small machine.
    fileParallelism: false,
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['verbose', ['json', { outputFile: 'reports/e2e.json' }]],
  },
});
