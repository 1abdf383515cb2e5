// Runs after every `npm install` in this folder, on whatever Node the machine has: bundles what the service imports as
// `#typebox` (packages/service/src/api/typebox.ts says why), and copies the files of Swagger UI that it serves.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
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

// As Fastify's own plugin brings them: the package of Swagger UI itself reports each installation to a third party.
const swagger = `${root}packages/service/vendor/swagger-ui`;
mkdirSync(swagger, { recursive: true });
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']) {
  copyFileSync(`${root}node_modules/@fastify/swagger-ui/static/${name}`, `${swagger}/${name}`);
}
