/**
 * Builds packages for publishing: JavaScript and types in dist/, and the SBOM. It builds all packages, or with the name of
 * one (`node scripts/build.ts client`) only this package and the packages that it depends on.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { BILL_FILE, billOf } from './bill-of-materials.ts';
import { PUBLISHED } from './packages.ts';

const [only] = process.argv.slice(2);
const wanted = only === undefined ? new Set<string>(PUBLISHED) : withDependencies(only);
for (const name of PUBLISHED) {
  if (!wanted.has(name)) continue;
  rmSync(`packages/${name}/dist`, { recursive: true, force: true });
  execFileSync('tsc', ['-p', `packages/${name}/tsconfig.build.json`], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const path = `packages/${name}`;
  writeFileSync(`${path}/${BILL_FILE}`, `${JSON.stringify(billOf(path), null, 2)}\n`);
}
if (wanted.has('service')) chmodSync('packages/service/dist/main.js', 0o755);

function withDependencies(name: string): Set<string> {
  const { dependencies = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const own = PUBLISHED.filter((each) => `@pip-sessions/${each}` in dependencies);
  return new Set([name, ...own.flatMap((each) => [...withDependencies(each)])]);
}
