import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-main-'));
after(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly process: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly stderr: () => string;
}

function run(env: Record<string, string>, args: readonly string[] = []): Run {
  const node = ['--conditions=source', MAIN, ...args];
  const child = spawn(process.execPath, node, { cwd: folder, env: { PATH: process.env.PATH ?? '', ...env } });
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const exit = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { process: child, exit, stderr: () => stderr };
}

/** The URL in the log line that says that the service has started. */
async function started({ process: child, exit, stderr }: Run): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  void exit.then(() => child.stdout?.destroy());
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line);
    if (msg === 'started') return url;
  }
  throw new Error(`the service ended: ${stderr()}`);
}

async function call(url: string, command: string, request: object) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/sessions/${command}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
  });
  return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') };
}

test('a session opened before SIGTERM is there after the next start, in the same file', async () => {
  const env = { SESSIONS_PORT: '0', SESSIONS_STORE: 'sqlite:term/sessions.db' };
  const first = run(env);
  const { body: session } = await call(await started(first), 'open_session', { user_id: '1', data: [1] });
  first.process.kill('SIGTERM');
  assert.equal(await first.exit, 0);
  assert.match(first.stderr(), /Sessions are served on http:\/\/127\.0\.0\.1:\d+, kept in sqlite:term\/sessions\.db/);
  const second = run(env);
  const { body } = await call(await started(second), 'get_session_by_id', { session_id: session.id });
  assert.deepEqual(body, session);
  second.process.kill('SIGINT');
  assert.equal(await second.exit, 0);
});

test('every session that was answered before kill -9 is there afterwards, and every closed one is closed', async () => {
  const env = { SESSIONS_PORT: '0', SESSIONS_STORE: 'sqlite:kill/sessions.db', SESSIONS_LOG_LEVEL: 'info' };
  const first = run(env);
  const url = await started(first);
  const opened: string[] = [];
  const closed: string[] = [];
  const load = Array.from({ length: 8 }, async (_, user) => {
    for (;;) {
      const { body } = await call(url, 'open_session', { user_id: String(user) });
      opened.push(body.id);
      if (opened.length === 200) first.process.kill('SIGKILL');
      if (opened.length % 3 !== 0) continue;
      await call(url, 'close_session', { session_id: body.id });
      closed.push(body.id);
    }
  });
  const results = await Promise.allSettled(load);
  assert.ok(results.every(({ status }) => status === 'rejected'));
  await first.exit;
  const second = run(env);
  const again = await started(second);
  for (const id of opened) assert.equal((await call(again, 'get_session_by_id', { session_id: id })).status, 200);
  for (const id of closed)
    assert.equal((await call(again, 'get_session_by_id', { session_id: id })).body.active, false);
  second.process.kill('SIGTERM');
  await second.exit;
});

test('what stops a start is said in one line, without a stack, and the process ends with 1', async () => {
  const bad = run({ SESSIONS_PORT: 'abc' });
  assert.equal(await bad.exit, 1);
  assert.match(bad.stderr(), /^pip-sessions: SESSIONS_PORT must be a whole number from 0 to 65535, and is "abc"\.\n$/);

  const holder = run({ SESSIONS_PORT: '0', SESSIONS_STORE: 'memory:' });
  const { port } = new URL(await started(holder));
  const taken = run({ SESSIONS_PORT: port, SESSIONS_STORE: 'memory:' });
  assert.equal(await taken.exit, 1);
  assert.match(taken.stderr(), new RegExp(`^pip-sessions: .*EADDRINUSE.*${port}\n$`));
  holder.process.kill('SIGTERM');
  await holder.exit;
});

test('--help lists the settings', async () => {
  const help = run({}, ['--help']);
  let text = '';
  help.process.stdout?.on('data', (data) => {
    text += data;
  });
  assert.equal(await help.exit, 0);
  assert.match(text, /SESSIONS_STORE .*sqlite:data\/sessions\.db/);
});
