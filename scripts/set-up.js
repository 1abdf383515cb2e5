// Runs before `npm start` and `npm test`, on whatever Node the machine has: installs the dependencies, among them
// the Node that the project runs on, when they are missing or not those of package-lock.json. With `--servers`, before
// `npm test`, also the servers that the tests start.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.');
if (Number(major) < 20) {
  process.stderr.write(
    `This needs Node 20 or later, and this is Node ${process.versions.node}: https://nodejs.org has it.\n`,
  );
  process.exit(1);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.installed-lock`;
const lock = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');
const isInstalled =
  existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(`${root}node_modules/node/bin/node`);

if (!isInstalled) {
  process.stderr.write('Installing the dependencies, once: about half a minute.\n');
  // Not `npm ci`, which deletes what is installed first, also where the registry cannot be reached. Engines, about which npm
  // would warn, are those of the published packages; npm itself may run on an older Node.
  const install = ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'];
  const { status } = spawnSync('npm', install, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write('The dependencies could not be installed; npm says above why. "npm install" tries again.\n');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

if (process.argv.includes('--servers')) {
  const { installTestServers } = await import('./test-servers.js');
  if (!installTestServers()) process.exit(1);
}
