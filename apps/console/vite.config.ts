import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The service whose API the development server uses. */
const service = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';

const compress = promisify(brotliCompress);

/** Writes a compressed copy beside each file, with the highest quality of Brotli, which the service sends. */
function compressedCopies(): Plugin {
  return {
    name: 'compressed-copies',
    async writeBundle({ dir = '' }, files) {
      const texts = Object.values(files).map(
        (file) => [file.fileName, 'code' in file ? file.code : file.source] as const,
      );
      await Promise.all(texts.map(async ([name, text]) => writeFile(`${dir}/${name}.br`, await compress(text))));
    },
  };
}

/** Lets the browser load the rest of the page's code beside its start (`src/start.ts`), not after it. */
function mainPreloaded(): Plugin {
  return {
    name: 'main-preloaded',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) => {
        const chunks = new Map(
          Object.values(bundle).flatMap((file) => ('code' in file ? [[file.fileName, file]] : [])),
        );
        const main = [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId?.endsWith('/src/main.tsx'));
        const files = new Set(main ? [main.fileName] : []);
        for (const name of files) for (const imported of chunks.get(name)?.imports ?? []) files.add(imported);
        const links = [...files].filter((name) => !chunks.get(name)?.isEntry);
        return links.map((name) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', href: `/console/${name}` },
          injectTo: 'head',
        }));
      },
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  plugins: [react(), mainPreloaded(), compressedCopies()],
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
    // The compression takes longer than the build, as it should.
    rolldownOptions: { checks: { pluginTimings: false } },
    // The licences of the packages whose code the files contain require a copy of their texts.
    license: { fileName: 'licenses.md' },
  },
  server: { proxy: { '/console/api': service } },
  logLevel: 'warn',
});
