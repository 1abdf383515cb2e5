/** Builds the published form of both packages: JavaScript and types, in dist/. */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';

for (const name of ['client', 'service']) {
  rmSync(`packages/${name}/dist`, { recursive: true, force: true });
  execFileSync('tsc', ['-p', `packages/${name}/tsconfig.build.json`], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
chmodSync('packages/service/dist/main.js', 0o755);
