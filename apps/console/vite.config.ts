import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The service whose API the development server uses. */
const service = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  plugins: [react()],
  // The sources of the contract, which need no build.
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: fileURLToPath(new URL('../../packages/service/vendor/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    // Without the polyfill no script is needed before the first module.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The licences of the packages whose code the files contain require a copy of their texts.
    license: { fileName: 'licenses.md' },
  },
  server: { proxy: { '/console/api': service } },
  logLevel: 'warn',
});
