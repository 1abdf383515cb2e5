/**
 * Checks the packages as they would be published. It builds and lints them, installs them in an empty project, and uses
 * them there as JavaScript, with the oldest Node that each supports.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { BILL_FILE } from './bill-of-materials.ts';
import { PUBLISHED } from './packages.ts';

const NODE_OF_CLIENT = 'node@20';
const NODE_OF_SERVICE = 'node@24';
const PACKAGES = PUBLISHED.map((name) => `packages/${name}`);

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-packaging-'));
try {
  run('node', ['scripts/build.ts'], '.');
  const tarballs = PACKAGES.map((path) => {
    run('publint', ['--strict', path], '.');
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], path));
    if (!packed.files.some((file: { readonly path: string }) => file.path === BILL_FILE)) {
      throw new Error(`${packed.filename} does not contain ${BILL_FILE}`);
    }
    const tarball = join(folder, packed.filename);
    run('attw', [tarball, '--profile', 'esm-only'], '.');
    return tarball;
  });
  run('npm', ['init', '-y'], folder);
  run(
    'npm',
    ['install', '--loglevel=error', '--no-audit', '--no-fund', ...tarballs, 'pip-services3-commons-nodex@1.0.4'],
    folder,
  );
  for (const node of [NODE_OF_CLIENT, NODE_OF_SERVICE]) installNode(node);
  await useAsPublished();
  process.stderr.write('packaging: all packages build, install and run as published\n');
} finally {
  rmSync(folder, { recursive: true });
}

/** Calls the published service with the published client, which runs on its oldest supported Node. */
async function useAsPublished(): Promise<void> {
  writeFileSync(
    join(folder, 'use.mjs'),
    `import { createCachedSessionsClient, createSessionsV1Client } from '@pip-sessions/client';
     import { SessionsHttpClientV1 } from '@pip-sessions/pip-client';
     import { ConfigParams } from 'pip-services3-commons-nodex';
     // The middleware does not load its frameworks. The stores for session libraries load them, to extend their classes.
     for (const entry of ['express', 'fastify', 'hono', 'fetch', 'h3', 'next', 'react-router', 'astro', 'sveltekit']) {
       await import('@pip-sessions/client/' + entry);
     }
     const [url] = process.argv.slice(2);
     const cached = createCachedSessionsClient({ url });
     const { token } = await cached.open({ user_id: '2' });
     if ((await cached.read(token))?.user_id !== '2') throw new Error('the session is not live');
     cached.stop();
     const session = await createSessionsV1Client({ url }).openSession(null, '1');
     const client = new SessionsHttpClientV1();
     client.configure(ConfigParams.fromTuples('connection.uri', url));
     await client.open(null);
     const closed = await client.closeSession(null, session.id);
     if (closed?.active !== false) throw new Error('the session was not closed');`,
  );
  const bin = join(folder, 'node_modules/@pip-sessions/service/dist/main.js');
  const env = { PATH: process.env.PATH ?? '', SESSIONS_PORT: '0', SESSIONS_STORE: `sqlite:${folder}/sessions.db` };
  const service = spawn(nodeOf(NODE_OF_SERVICE), [bin], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    for await (const line of createInterface({ input: service.stdout })) {
      const { msg, url } = JSON.parse(line);
      if (msg !== 'started') continue;
      run(nodeOf(NODE_OF_CLIENT), ['use.mjs', url], folder);
      break;
    }
  } finally {
    service.kill('SIGTERM');
  }
  run(
    nodeOf(NODE_OF_SERVICE),
    ['-e', "import('@pip-sessions/pip-service').then(() => import('@pip-sessions/service/conformance'))"],
    folder,
  );
}

function installNode(version: string): void {
  const project = join(folder, version);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  run('npm', ['install', '--loglevel=error', '--no-audit', '--no-fund', version], project);
}

function nodeOf(version: string): string {
  return join(folder, version, 'node_modules/node/bin/node');
}

/** Returns standard output. If the command fails, prints its output and ends the script. */
function run(command: string, args: readonly string[], cwd: string): string {
  // With the conditions of development Node would load the sources, not the published files.
  const { NODE_OPTIONS: _, ...env } = process.env;
  try {
    return execFileSync(command, args, { cwd: resolve(cwd), env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    process.stderr.write(`${command} ${args.join(' ')} failed in ${cwd}:\n${stdout}${stderr}\n`);
    process.exit(1);
  }
}
