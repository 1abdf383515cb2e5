import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogger, loadConfig, startService } from '@pip-sessions/service';
import { commandEnvironment } from '../testing/service/environment.ts';
import { commandsOf } from './docs/shell-commands.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCRIPTS = (JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> })
  .scripts;
const PACKAGES = readdirSync(`${ROOT}packages`).map((name) => `@pip-sessions/${name}`);
const TESTED_ELSEWHERE = [
  // Written from requests that were really sent, with other ids and tokens.
  'docs/api-v2.md',
  // Its commands need the stores from which sessions move: testing/migration/commands.test.ts.
  'docs/migration.md',
];
const MAIN = `${ROOT}packages/service/src/main.ts`;
const PROGRAM = `'${process.execPath}' --conditions=source '${MAIN}'`;
const SERVICE_PORT = '8080';
const EXAMPLE_PORT = '3000';
const run = promisify(execFile);

const pages = [
  'README.md',
  ...readdirSync(`${ROOT}docs`).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ...readdirSync(`${ROOT}packages`).map((name) => `packages/${name}/README.md`),
].filter((page) => !TESTED_ELSEWHERE.includes(page));

for (const page of pages) {
  const commands = commandsOf(readFileSync(ROOT + page, 'utf8'));
  if (commands.length === 0) continue;
  test(`each shell command of ${page} works`, async (t) => {
    const shell = await shellFor(t, commands);
    for (const command of commands) {
      if (command.startsWith('curl ')) await shell.curl(command);
      else if (TRANSFER.test(command)) await shell.transfer(command);
      else if (OPERATE.test(command)) await shell.operate(command);
      else await assertKnown(command);
    }
  });
}

interface Shell {
  /** Sends the request, and asserts its status: below 400, or the one that a comment after the command names. */
  readonly curl: (command: string) => Promise<void>;
  /** Exports from a store with a session, or imports into another one. */
  readonly transfer: (command: string) => Promise<void>;
  /** Runs a command for operators, and asserts its exit code: 0, or the one that a comment after the command names. */
  readonly operate: (command: string) => Promise<void>;
}

/** A command for operators. `tail` runs until someone stops it. */
const OPERATE =
  /^(?:pip-sessions|npm run --silent sessions --) (?:list|show|open|validate|close|close-many|delete|user|stats|store|config|key)\b/;

/** Moves sessions between SQLite stores. */
const TRANSFER = /^npm run .*sessions -- (?:export|import) --store sqlite:/;

const USES_FILE = /--store sqlite:data\//;

/** Starts the service, and the example application if a command needs it, on free ports. */
async function shellFor(t: TestContext, commands: readonly string[]): Promise<Shell> {
  const uses = (port: string) => commands.some((command) => command.includes(`127.0.0.1:${port}`));
  const ports = new Map<string, string>();
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-docs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const env: NodeJS.ProcessEnv = commandEnvironment();
  if (uses(SERVICE_PORT) || uses(EXAMPLE_PORT) || commands.some((command) => OPERATE.test(command))) {
    const service = await startService(
      loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0' }),
      createLogger('silent'),
    );
    t.after(() => service.stop());
    ports.set(SERVICE_PORT, new URL(service.url).port);
    env.SESSIONS_URL = service.url;
    if (uses(EXAMPLE_PORT)) ports.set(EXAMPLE_PORT, await startExample(t, service.url));
  }
  if (commands.some((command) => USES_FILE.test(command))) await makeStore(`${folder}/data/sessions.db`);
  let token = '';
  return {
    operate: async (command) => {
      const [words = '', exit = '0'] = command.replace('TOKEN', token).split(' # exits with ');
      const id = /^ps_([^_]+)_/.exec(token)?.[1] ?? '';
      const line = words.replace('SESSION_ID', id).replace(/^(?:pip-sessions|npm run --silent sessions --)/, PROGRAM);
      const { code = 0, stdout } = await run('sh', ['-c', line], { cwd: folder, env }).catch((error) => error);
      assert.equal(code, Number(exit), `${command}: ${stdout}`);
      token = /^token +(\S+)$/m.exec(stdout)?.[1] ?? token;
    },
    transfer: async (command) => {
      const line = command.replace('sqlite:', `sqlite:${folder}/`).replace(/([<>]) (\S+)$/, `$1 ${folder}/$2`);
      const { stderr } = await run('sh', ['-c', line], { cwd: ROOT });
      assert.match(stderr, /(?:exported|imported) 1 session/i, command);
    },
    curl: async (command) => {
      let line = command.replace(' TOKEN', ` ${token}`).replace('"TOKEN"', `"${token}"`);
      for (const [port, free] of ports) line = line.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${free}`);
      const [request = '', expected] = line.split(' # ');
      const { stdout } = await run('sh', ['-c', `${request} -s -S -w '\\n%{http_code}'`], { cwd: folder });
      const end = stdout.lastIndexOf('\n');
      const status = Number(stdout.slice(end + 1));
      if (expected === undefined) assert.ok(status >= 200 && status < 400, `${command}: ${stdout}`);
      else assert.equal(status, Number(expected), `${command}: ${stdout}`);
      token = /"token":"([^"]+)"/.exec(stdout)?.[1] ?? token;
    },
  };
}

async function makeStore(path: string): Promise<void> {
  const service = await startService(
    loadConfig({ SESSIONS_STORE: `sqlite:${path}`, SESSIONS_PORT: '0' }),
    createLogger('silent'),
  );
  await service.sessions.open({ user_id: 'ann' });
  await service.stop();
}

async function startExample(t: TestContext, url: string): Promise<string> {
  const env = { ...commandEnvironment(), SESSIONS_URL: url, PORT: '0' };
  const args = ['--conditions=source', `${ROOT}examples/express-start.ts`];
  const example = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => example.kill());
  for await (const line of createInterface({ input: example.stdout })) return new URL(line).port;
  throw new Error('the example ended before it was ready');
}

/** A command that is not executed here: it would install packages, or run until someone stops it. */
async function assertKnown(command: string): Promise<void> {
  const [program, verb = '', name = '', ...rest] = command.split(' ');
  if (program === 'npm' && verb === 'start') return;
  if (program === 'export' && verb.startsWith('SESSIONS_')) return;
  if (program === 'pip-sessions') return assertScript('sessions', ['--', verb, name, ...rest], command);
  if (program === 'npm' && verb === 'run') {
    const words = [name, ...rest].filter((word) => word !== '--silent');
    return assertScript(words[0] ?? '', words.slice(1), command);
  }
  if (program === 'npm' && (verb === 'install' || verb === 'pack')) {
    const named = [name, ...rest].filter((word) => word.startsWith('@pip-sessions/'));
    for (const one of named) assert.ok(PACKAGES.includes(one), `${command}: ${one} is not a package`);
    return;
  }
  if (program === 'npx') return assert.ok(PACKAGES.includes(verb), `${command}: ${verb} is not a package`);
  assert.fail(`no test knows the command: ${command}`);
}

async function assertScript(name: string, rest: readonly string[], command: string): Promise<void> {
  assert.ok(name in SCRIPTS, `${command}: package.json has no script ${name}`);
  if (name !== 'sessions' || rest[1] === '--help') return;
  const args = ['--conditions=source', MAIN, rest[1] ?? '', '--help'];
  const { stdout } = await run(process.execPath, args);
  const options = rest.filter((word) => word.startsWith('--') && word !== '--');
  for (const option of options) assert.ok(stdout.includes(option), `${command}: ${option} is not an option`);
}
