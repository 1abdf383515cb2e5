// Runs after every `npm install` in this folder, with any version of Node. It bundles the module that the service imports
// as `#typebox` (packages/service/src/api/typebox.ts gives the reason), copies the Swagger UI files to serve, and builds the
// web console.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
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

// Taken from Fastify's plugin, because the package of Swagger UI reports each installation to a third party.
const swagger = `${root}packages/service/vendor/swagger-ui`;
mkdirSync(swagger, { recursive: true });
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']) {
  copyFileSync(`${root}node_modules/@fastify/swagger-ui/static/${name}`, `${swagger}/${name}`);
}

// The web console. Its sources are absent where only the packages were copied.
const consoleConfig = `${root}apps/console/vite.config.ts`;
if (existsSync(consoleConfig)) {
  const { build: buildPages } = await import('vite');
  await buildPages({ configFile: consoleConfig });
}
