import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const PAGE = join(import.meta.dirname, '../dist/page');

/** Once, when it is built, so that the server never has to. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      const assets = join(PAGE, 'assets');
      await Promise.all(
        (await readdir(assets)).map(async (name) => {
          const path = join(assets, name);
          const content = await readFile(path);
          await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
          await writeFile(`${path}.br`, await promisify(brotliCompress)(content));
        }),
      );
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // Wherever the page is served, its files are beside it.
  base: './',
  plugins: [react(), compressed()],
  build: {
    outDir: PAGE,
    emptyOutDir: true,
    // The Content-Security-Policy allows no data: URL.
    assetsInlineLimit: 0,
    // All of it is small, and the same however views come and go.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/tidings/v1': process.env['TIDINGS_URL'] ?? 'http://127.0.0.1:7780' },
  },
});
