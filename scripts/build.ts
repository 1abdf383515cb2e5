/** Builds all packages for publishing: JavaScript and types in dist/, and the SBOM. */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { BILL_FILE, billOf } from './bill-of-materials.ts';
import { PUBLISHED } from './packages.ts';

for (const name of PUBLISHED) {
  rmSync(`packages/${name}/dist`, { recursive: true, force: true });
  execFileSync('tsc', ['-p', `packages/${name}/tsconfig.build.json`], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const path = `packages/${name}`;
  writeFileSync(`${path}/${BILL_FILE}`, `${JSON.stringify(billOf(path), null, 2)}\n`);
}
chmodSync('packages/service/dist/main.js', 0o755);
