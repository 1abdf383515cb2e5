import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const SOURCE = new URL('.', import.meta.url);
const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

function importsOf(file: URL): readonly string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(IMPORT)].map(([, specifier = '']) => specifier);
}

/** A file and all its direct and indirect imports, including those in the shared packages. */
function reachable(file: URL, seen = new Map<string, readonly string[]>()): ReadonlyMap<string, readonly string[]> {
  if (seen.has(file.href)) return seen;
  const imports = importsOf(file);
  seen.set(file.href, imports);
  for (const specifier of imports) {
    if (specifier.startsWith('.')) reachable(new URL(specifier, file), seen);
    else if (isOwn(specifier)) reachable(new URL(import.meta.resolve(specifier)), seen);
  }
  return seen;
}

function isOwn(specifier: string): boolean {
  return specifier.startsWith('.') || /^@pip-sessions\/(contract\/|near-cache)/.test(specifier);
}

test('the client imports no other package and no Node built-in', () => {
  const files = reachable(new URL('index.ts', SOURCE));
  assert.ok(files.size > 5, 'the walk follows imports');
  assert.ok(
    [...files.keys()].some((file) => file.includes('/near-cache/')),
    'the walk enters the shared packages',
  );
  for (const [file, imports] of files) {
    assert.deepEqual(
      imports.filter((specifier) => !isOwn(specifier)),
      [],
      file,
    );
  }
});
