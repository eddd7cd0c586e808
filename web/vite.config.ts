import { join } from 'node:path';
import { defineConfig } from 'vite';

const WORKER = 'service-worker';

// Jest says `test`, with which the scripts would carry the paths of their sources and be a tenth larger.
process.env['NODE_ENV'] = 'production';

/** Static files for a page that runs nothing inline: its Content-Security-Policy has no `unsafe-inline`. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, 'index.html'),
        [WORKER]: join(import.meta.dirname, 'src/service-worker.ts'),
      },
      output: {
        // The address of the service worker stays the same: there the browser looks for its next version.
        entryFileNames: ({ name }) => (name === WORKER ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
