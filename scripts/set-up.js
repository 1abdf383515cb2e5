// Runs before `npm start`, `npm test` and others, with any version of Node. It installs the dependencies if they are missing or
// differ from package-lock.json. One of them is the Node that the project runs on. `npm start` and the examples need the
// `dependencies` of the package.json files. With `--tools`, it also installs their `devDependencies`; with `--servers`,
// before `npm test`, also the servers that the tests start.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major] = process.versions.node.split('.');
if (Number(major) < 20) {
  process.stderr.write(`Node ${process.versions.node} is too old; install Node 20 or later from https://nodejs.org\n`);
  process.exit(1);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.installed-lock`;
const lock = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');
const wantsServers = process.argv.includes('--servers');
const wantsTools = wantsServers || process.argv.includes('--tools');
// One of the tools stands for all.
const hasTools = existsSync(`${root}node_modules/@biomejs/biome`);
const isInstalled =
  existsSync(stamp) &&
  readFileSync(stamp, 'utf8') === lock &&
  existsSync(`${root}node_modules/node/bin/node`) &&
  (hasTools || !wantsTools);

if (!isInstalled) {
  process.stderr.write('Installing the dependencies, once: about half a minute.\n');
  // Not `npm ci`: it deletes node_modules first, even if the registry cannot be reached. Warnings about engines are off: they
  // concern the published packages, and npm itself may run on an older Node.
  const install = ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'];
  if (!hasTools && !wantsTools) install.push('--omit=dev');
  rmSync(stamp, { force: true });
  const { status } = spawnSync('npm', install, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(
      'The dependencies could not be installed; see the error of npm above. Run "npm install" to try again.\n',
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

if (wantsServers) {
  const { installTestServers } = await import('./test-servers.js');
  if (!installTestServers()) process.exit(1);
}
