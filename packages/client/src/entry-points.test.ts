import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** The imports that are loaded, without types: paths of files and names of packages. */
function loaded(file: URL, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  for (const [, specifier = ''] of code.matchAll(/^(?:import|export) (?!type\b)(?:[^;]*? from )?'([^']+)'/gm)) {
    if (specifier.startsWith('.')) loaded(new URL(specifier, file), seen);
    else seen.add(specifier);
  }
  return seen;
}

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'adapters/astro.ts': [],
  'adapters/express.ts': [],
  'adapters/fastify.ts': [],
  'adapters/hono.ts': [],
  'adapters/fetch.ts': [],
  'adapters/h3.ts': [],
  'adapters/next.ts': [],
  'adapters/sveltekit.ts': [],
  'adapters/koa.ts': [],
  'adapters/nest.ts': ['@nestjs/common', '@nestjs/core'],
  'session-libraries/express-session.ts': ['express-session', 'node:crypto'],
  'session-libraries/koa-session.ts': ['node:crypto'],
  'session-libraries/fastify-session.ts': ['@fastify/session', 'node:crypto'],
};

for (const [name, packages] of Object.entries(PACKAGES)) {
  test(`${name} loads ${packages.length === 0 ? 'no package' : packages.join(', ')}, whatever else is installed`, () => {
    const files = [...loaded(new URL(name, import.meta.url))];
    const others = files.filter((file) => !file.startsWith('file:') && !file.startsWith('@pip-sessions/'));
    assert.ok(files.length > 5, 'the walk follows imports');
    assert.deepEqual(others.toSorted(), packages);
  });
}

test('each adapter is an entry point, and its framework an optional peer dependency', () => {
  const { exports, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  for (const file of Object.keys(PACKAGES)) {
    const name = file.slice(file.indexOf('/') + 1, -'.ts'.length);
    assert.equal(exports[`./${name}`]?.source, `./src/${file}`);
  }
  for (const peer of Object.keys(peerDependencies)) {
    assert.deepEqual(peerDependenciesMeta[peer], { optional: true });
  }
});
