import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../../../testing/servers/redis-server.ts';
import { commandEnvironment } from '../../../testing/service/environment.ts';

/** Tests that the reader of a process's output can neither block the process nor keep it alive. */

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-output-'));
const noRedis = RedisServer.isAvailable() ? false : 'there is no Redis on this machine';
let redis: RedisServer;

before(async () => {
  if (!noRedis) redis = await RedisServer.start();
});
after(async () => {
  await redis?.remove();
  rmSync(folder, { recursive: true });
});

/** More requests than a pipe or a socket can buffer log lines of. */
const SESSIONS = 2_500;
const CALLERS = 16;
/** An end that takes longer counts as hanging. */
const END_TIMEOUT_MS = 10_000;

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
}

/** `stdout` is an open file, or a socket whose other end is `child.stdout`. */
async function start(t: TestContext, file: string, env: object, stdout: number | 'pipe' = 'pipe'): Promise<Started> {
  const args = ['--conditions=source', fileURLToPath(new URL(file, import.meta.url))];
  const options = { cwd: folder, env: { ...commandEnvironment(), ...env }, detached: true } as const;
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', stdout, 'pipe'] });
  assert.ok(child.stderr);
  t.after(() => {
    if (child.exitCode === null) process.kill(-Number(child.pid), 'SIGKILL');
  });
  let text = '';
  for await (const data of child.stderr.iterator({ destroyOnReturn: false })) {
    text += data;
    const [, url] = /Serving sessions on (\S+?)[,.]? .*Ctrl\+C/s.exec(text) ?? [];
    if (url) return { child, url };
  }
  throw new Error(`It ended: ${text}`);
}

/** Opens sessions, each of which writes a line. Returns the statuses that occurred. */
async function openSessions(url: string, count: number): Promise<number[]> {
  const statuses = new Set<number>();
  let left = count;
  const callers = Array.from({ length: CALLERS }, async () => {
    for (; left > 0; left -= 1) {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: '{"user_id":"1"}' };
      const response = await fetch(`${url}/v1/sessions/open_session`, request);
      await response.arrayBuffer();
      statuses.add(response.status);
    }
  });
  await Promise.all(callers);
  return [...statuses];
}

async function ended(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(END_TIMEOUT_MS) });
  return code ?? signal;
}

const WINDOWS = process.platform === 'win32' && 'Windows has neither these pipes nor these signals';
const SQLITE = { SESSIONS_PORT: '0', SESSIONS_STORE: 'sqlite:sessions.db' };
const PIP = { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };

const CASES = [
  { name: 'pip-sessions', file: './main.ts', env: () => SQLITE, skip: false },
  {
    name: 'pip-sessions with two workers',
    file: './main.ts',
    env: () => ({ SESSIONS_PORT: '0', SESSIONS_WORKERS: '2', SESSIONS_STORE: redis.url }),
    skip: noRedis,
  },
  { name: 'pip-sessions-process', file: '../../pip-service/src/main.ts', env: () => PIP, skip: false },
] as const;

for (const { name, file, env, skip } of CASES) {
  test(`${name}: serves and ends although its output is not read`, { skip }, async (t) => {
    const { child, url } = await start(t, file, env());
    assert.deepEqual(await openSessions(url, SESSIONS), [200]);
    child.kill('SIGTERM');
    assert.equal(await ended(child), 0);
  });

  test(`${name}: serves and ends after the readers of its output have ended`, { skip }, async (t) => {
    const { child, url } = await start(t, file, env());
    child.stdout?.destroy();
    child.stderr?.destroy();
    assert.deepEqual(await openSessions(url, 200), [200]);
    child.kill('SIGTERM');
    assert.equal(await ended(child), 0);
  });
}

/** A pipe like those of a shell; Node gives its child processes sockets instead. */
function pipe(name: string): { readonly reader: number; readonly writer: number } {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY) };
}

test('a pipe without reads blocks nothing and contains what it could take', { skip: WINDOWS }, async (t) => {
  const { reader, writer } = pipe('unread');
  const { child, url } = await start(t, './main.ts', SQLITE, writer);
  closeSync(writer);
  assert.deepEqual(await openSessions(url, SESSIONS), [200]);
  child.kill('SIGTERM');
  assert.equal(await ended(child), 0);
  const bytes = Buffer.alloc(100_000);
  const text = bytes.toString('utf8', 0, readSync(reader, bytes));
  closeSync(reader);
  const lines = text.trimEnd().split('\n');
  assert.ok(lines.length > 100);
  for (const line of lines) JSON.parse(line);
});

test('a pipe whose reader has ended blocks nothing', { skip: WINDOWS }, async (t) => {
  const { reader, writer } = pipe('gone');
  const { child, url } = await start(t, './main.ts', SQLITE, writer);
  closeSync(writer);
  closeSync(reader);
  assert.deepEqual(await openSessions(url, 200), [200]);
  child.kill('SIGTERM');
  assert.equal(await ended(child), 0);
});

test('Ctrl+C ends "pip-sessions | tee log" and releases the database', { skip: WINDOWS }, async (t) => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const command = `'${process.execPath}' --conditions=source '${main}' | tee log`;
  const options = { cwd: folder, env: { ...commandEnvironment(), ...SQLITE }, detached: true } as const;
  const shell = spawn('/bin/sh', ['-c', command], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const group = -Number(shell.pid);
  const closed = once(shell, 'close', { signal: AbortSignal.timeout(END_TIMEOUT_MS) });
  await once(shell.stderr, 'data');
  process.kill(group, 'SIGINT');
  // `exit` resolves when all processes with the same standard error have ended.
  await closed;
  assert.throws(() => process.kill(group, 0), { code: 'ESRCH' });
  const { child } = await start(t, './main.ts', SQLITE);
  child.kill('SIGTERM');
  assert.equal(await ended(child), 0);
});

test('a command whose reader has ended stops quietly, with the code of SIGPIPE', async () => {
  for (const args of [['--help'], ['key', '--name', 'a', '--scope', 'admin'], ['export', '--help']]) {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const env = commandEnvironment();
    const child = spawn(process.execPath, ['--conditions=source', main, ...args], { cwd: folder, env });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    assert.deepEqual([await ended(child), stderr], [141, ''], args.join(' '));
  }
});
