import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const SOURCE = new URL('.', import.meta.url);
const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

function importsOf(file: URL): readonly string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(IMPORT)].map(([, specifier = '']) => specifier);
}

/** A file and everything it leads to. */
function reachable(file: URL, seen = new Map<string, readonly string[]>()): ReadonlyMap<string, readonly string[]> {
  if (seen.has(file.href)) return seen;
  const imports = importsOf(file);
  seen.set(file.href, imports);
  for (const specifier of imports) if (specifier.startsWith('.')) reachable(new URL(specifier, file), seen);
  return seen;
}

test('the client runs in a browser: it leads to no package, no Node built-in and no toolkit component', () => {
  const files = reachable(new URL('index.ts', SOURCE));
  assert.ok(files.size > 5, 'the walk follows imports');
  for (const [file, imports] of files) {
    assert.deepEqual(
      imports.filter((specifier) => !specifier.startsWith('.')),
      [],
      file,
    );
    assert.ok(!file.includes('/pip/'), file);
  }
});

test('nothing outside pip/ imports the toolkit', () => {
  const names = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((name) => name.endsWith('.ts') && !name.startsWith('pip'))) {
    const imports = importsOf(new URL(name, SOURCE));
    assert.ok(!imports.some((specifier) => specifier.startsWith('pip-services') || specifier.includes('/pip/')), name);
  }
});
