/** Prints a table of the client's subpaths: lines of code without comments, and the size of the bundle, compressed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const CLIENT = new URL('../../packages/client/', import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL('package.json', CLIENT), 'utf8')) as {
  exports: Readonly<Record<string, { readonly source?: string } | string>>;
};

/** The lines of a file that have code. */
function linesOf(file: URL): number {
  const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return code.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

/** The size of a subpath with all that it loads, without the framework. */
async function bytesOf(file: URL): Promise<number> {
  const bundle = await rolldown({
    input: fileURLToPath(file),
    external: (id) => !/^[./]/.test(id) && !id.startsWith('@pip-sessions/'),
    platform: 'neutral',
    resolve: { conditionNames: ['source'] },
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  return output.reduce((sum, part) => sum + ('code' in part ? gzipSync(part.code).length : 0), 0);
}

process.stdout.write('| Import | Lines | kB, minified and compressed |\n|---|---|---|\n');
for (const [path, target] of Object.entries(exports)) {
  if (typeof target === 'string' || target.source === undefined) continue;
  const file = new URL(target.source, CLIENT);
  const name = `@pip-sessions/client${path.slice(1)}`;
  process.stdout.write(`| \`${name}\` | ${linesOf(file)} | ${((await bytesOf(file)) / 1000).toFixed(1)} |\n`);
}
