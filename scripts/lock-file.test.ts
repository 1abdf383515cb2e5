import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Locked {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
const packages: Readonly<Record<string, Locked>> = JSON.parse(text).packages;

test('[P-01] the lock file has the optional packages of every platform', () => {
  const names = Object.keys(packages);
  const optional = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}));
  assert.ok(optional.length > 30);
  const missing = optional.filter((name) => !names.some((path) => path.endsWith(`node_modules/${name}`)));
  // npm drops packages for other platforms when it writes the lock file while node_modules is installed.
  assert.deepEqual(missing, [], 'move node_modules away, and run "npm install --package-lock-only"');
});

test('[P-01] the lock file has a SHA-512 of each package and names no registry', () => {
  for (const [path, { resolved, link, integrity = '' }] of Object.entries(packages)) {
    assert.ok(resolved === undefined || /^(packages|apps)\//.test(resolved), path);
    if (path.includes('node_modules/') && !link) assert.match(integrity, /^sha512-[\w+/]{86}==$/, path);
  }
});
