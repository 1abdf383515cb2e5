// Runs before `npm pack` and `npm publish` of a package, on whatever Node the machine has: makes what is packed, also in a
// fresh clone.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
for (const script of ['prestart', 'prepare', 'build']) {
  // Standard output is that of the pack, which may be JSON.
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}
