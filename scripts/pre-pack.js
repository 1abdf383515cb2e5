// Runs in the folder of a package before `npm pack` and `npm publish`, with any version of Node. It builds the files to
// pack, also in a fresh clone.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
for (const script of [['tools'], ['prepare'], ['build', '--', basename(process.cwd())]]) {
  // Standard output belongs to npm pack, and may be JSON.
  const { status } = spawnSync('npm', ['run', '--silent', ...script], {
    cwd,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}
