// Runs after every `npm install` in this folder, on whatever Node the machine has: bundles what the service imports as
// `#typebox` (packages/service/src/api/typebox.ts says why).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const licence = readFileSync(`${root}node_modules/typebox/license`, 'utf8');
await build({
  input: `${root}packages/service/src/api/typebox.ts`,
  platform: 'node',
  output: {
    file: `${root}packages/service/vendor/typebox.js`,
    format: 'esm',
    minify: 'dce-only',
    banner: `/*\nTypeBox (https://github.com/sinclairzx81/typebox)\n\n${licence}*/`,
  },
  logLevel: 'warn',
});
