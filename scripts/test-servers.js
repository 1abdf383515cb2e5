// Installs PostgreSQL, PgBouncer, Redis, reverse proxies, the browser Chromium and shells with apt-get, if they are missing and this
// process may do so. No server runs afterwards: the tests start their own servers.
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const CLUSTERS = '/etc/postgresql';
/** Debian runs this program to find out whether a service may be started. */
const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_BEFORE = `${POLICY}.before-tests`;

const SERVERS = [
  { name: 'PostgreSQL', package: 'postgresql', programs: ['postgres'], tests: 'the PostgreSQL store' },
  { name: 'PgBouncer', package: 'pgbouncer', programs: ['pgbouncer'], tests: 'a pooler before PostgreSQL' },
  {
    name: 'Redis',
    package: 'redis-server',
    programs: ['redis-server', 'valkey-server'],
    tests: 'the Redis store, single and cluster,',
  },
  {
    name: 'Chromium',
    package: 'chromium',
    programs: ['chromium', 'chromium-browser'],
    tests: 'the client in a browser',
  },
  { name: 'nginx', package: 'nginx', programs: ['nginx'], tests: 'the proxies' },
  { name: 'HAProxy', package: 'haproxy', programs: ['haproxy'], tests: 'the proxies' },
  { name: 'Caddy', package: 'caddy', programs: ['caddy'], tests: 'the proxies' },
  { name: 'zsh', package: 'zsh', programs: ['zsh'], tests: "the command's completion" },
  { name: 'fish', package: 'fish', programs: ['fish'], tests: "the command's completion" },
];
/** Packages whose unit of the same name Debian would start with the machine. */
const UNITS = ['pgbouncer', 'redis-server', 'nginx', 'haproxy', 'caddy'];

/** Whether the tests can run. If no test may be skipped, all servers have to be there. */
export function installTestServers() {
  if (missing().length > 0 && mayInstall()) install(missing());
  const left = missing();
  const isStrict = ['true', '1'].includes(process.env.CI ?? '');
  for (const { name, package: its, tests } of left) {
    const consequence = isStrict ? 'with CI=true no test may be skipped' : `the tests of ${tests} will be skipped`;
    process.stderr.write(`${name} is missing: ${consequence}. Run "apt-get install ${its}" as root to install it.\n`);
  }
  return left.length === 0 || !isStrict;
}

function missing() {
  const versions = existsSync(DEBIAN_VERSIONS) ? readdirSync(DEBIAN_VERSIONS) : [];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  folders.push('/usr/sbin', ...versions.map((version) => join(DEBIAN_VERSIONS, version, 'bin')));
  const isThere = (program) => folders.some((folder) => isExecutable(join(folder, program)));
  return SERVERS.filter(({ programs }) => !programs.some(isThere));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && existsSync('/etc/debian_version');
}

function install(servers) {
  const packages = servers.map((server) => server.package);
  process.stderr.write(`Installing ${packages.join(' and ')} for the tests, once: about half a minute.\n`);
  const clusters = clustersNow();
  // Signals wait until the temporary changes are undone.
  const wait = () => {};
  process.on('SIGINT', wait).on('SIGTERM', wait);
  try {
    withoutStarts(() => {
      run('apt-get', ['update', '--quiet=2']);
      run('apt-get', ['install', '--yes', '--quiet=2', '--no-install-recommends', ...packages]);
    });
    for (const [version, cluster] of clustersNow()) {
      if (!clusters.some((known) => known.join() === [version, cluster].join())) {
        run('pg_dropcluster', [version, cluster]);
      }
    }
    const units = UNITS.filter((unit) => packages.includes(unit));
    if (units.length > 0 && existsSync('/run/systemd/system')) run('systemctl', ['disable', '--quiet', ...units]);
  } finally {
    process.off('SIGINT', wait).off('SIGTERM', wait);
  }
}

/** The package creates a cluster of databases, which Debian would start with the machine. */
function clustersNow() {
  if (!existsSync(CLUSTERS)) return [];
  return readdirSync(CLUSTERS).flatMap((version) =>
    readdirSync(join(CLUSTERS, version)).map((cluster) => [version, cluster]),
  );
}

function withoutStarts(work) {
  const hadPolicy = existsSync(POLICY);
  if (hadPolicy) renameSync(POLICY, POLICY_BEFORE);
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
    work();
  } finally {
    if (hadPolicy) renameSync(POLICY_BEFORE, POLICY);
    else rmSync(POLICY, { force: true });
  }
}

/** A failing command prints its own error. The caller checks afterwards which programs are missing. */
function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync(command, args, { stdio: ['ignore', 2, 2], env });
}
