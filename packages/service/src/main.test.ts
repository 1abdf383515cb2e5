import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Command } from '../../../testing/service/command.ts';
import { configHelp } from './config/config.ts';
import { VERSION } from './process/version.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-main-'));
after(() => rmSync(folder, { recursive: true }));

function run(env: Record<string, string>, args: readonly string[] = []): Command {
  return new Command(MAIN, args, { cwd: folder, env });
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

test('a session opened before SIGTERM is still there after the next start', async () => {
  const env = { SESSIONS_PORT: '0', SESSIONS_STORE: 'sqlite:term/sessions.db' };
  const first = run(env);
  const { body: session } = await call(await first.started(), 'open_session', { user_id: '1', data: [1] });
  first.process.kill('SIGTERM');
  assert.equal(await first.exit, 0);
  assert.match(first.stderr, /Serving sessions on http:\/\/127\.0\.0\.1:\d+, stored in sqlite:term\/sessions\.db/);
  const second = run(env);
  const { body } = await call(await second.started(), 'get_session_by_id', { session_id: session.id });
  assert.deepEqual(body, session);
  second.process.kill('SIGINT');
  assert.equal(await second.exit, 0);
});

test('[E-01] every open and close that got its response survives kill -9', async () => {
  const env = { SESSIONS_PORT: '0', SESSIONS_STORE: 'sqlite:kill/sessions.db', SESSIONS_LOG_LEVEL: 'info' };
  const first = run(env);
  const url = await first.started();
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
  const again = await second.started();
  for (const id of opened) assert.equal((await call(again, 'get_session_by_id', { session_id: id })).status, 200);
  for (const id of closed)
    assert.equal((await call(again, 'get_session_by_id', { session_id: id })).body.active, false);
  second.process.kill('SIGTERM');
  await second.exit;
});

test('a failed start prints one line without a stack and ends with 1', async () => {
  const bad = run({ SESSIONS_PORT: 'abc' });
  assert.equal(await bad.exit, 1);
  assert.match(bad.stderr, /^pip-sessions: SESSIONS_PORT must be a whole number from 0 to 65535, but is "abc"\.\n$/);

  const holder = run({ SESSIONS_PORT: '0', SESSIONS_STORE: 'memory:' });
  const { port } = new URL(await holder.started());
  const taken = run({ SESSIONS_PORT: port, SESSIONS_STORE: 'memory:' });
  assert.equal(await taken.exit, 1);
  assert.match(taken.stderr, new RegExp(`^pip-sessions: .*EADDRINUSE.*${port}\n$`));
  holder.process.kill('SIGTERM');
  await holder.exit;
});

test('--version, --help and --port are options', async () => {
  for (const [option, output] of [
    ['--version', `${VERSION}\n`],
    ['-v', `${VERSION}\n`],
    ['--help', 'Usage: pip-sessions '],
    ['-h', 'Usage: pip-sessions '],
  ] as const) {
    const command = run({ SESSIONS_PORT: 'wrong' }, [option]);
    assert.equal(await command.exit, 0);
    assert.ok(command.stdout.startsWith(output), option);
  }
  const served = run({ SESSIONS_PORT: '1', SESSIONS_STORE: 'memory:' }, ['--port', '0']);
  const status = (await (await fetch(`${await served.started()}/status`)).json()) as { readonly version: string };
  assert.equal(status.version, VERSION);
  served.process.kill('SIGTERM');
  await served.exit;
  const unknown = run({}, ['--prot', '0']);
  assert.equal(await unknown.exit, 2);
  assert.match(unknown.stderr, /^pip-sessions: Unknown option '--prot'.*\nTry "pip-sessions --help"\.\n$/);
});

test('[K-03] the start prints and logs what is open without a key', async () => {
  const everything = 'No API key is required: every program on this machine can read, change and end every session.';
  const v1 =
    'API v1 requires no key: every program on this machine can list, read, change and delete every session, including those of API v2.';
  const keys = { SESSIONS_API_KEYS: `web:write:${'0'.repeat(64)}` };
  const cases: [Record<string, string>, string[]][] = [
    [{}, [everything]],
    [{ ...keys, SESSIONS_V1: 'open' }, [v1]],
    [keys, []],
  ];
  for (const [env, expected] of cases) {
    const service = run({ SESSIONS_PORT: '0', SESSIONS_STORE: 'memory:', ...env });
    await service.started();
    service.process.kill('SIGTERM');
    assert.equal(await service.exit, 0);
    assert.deepEqual(service.stderr.match(/^.*is required.*$|^.*requires no key.*$/gm) ?? [], expected);
    const logged = service.lines.filter(({ event }) => event === 'open_without_key');
    assert.deepEqual(
      logged.map(({ msg, level }) => [msg, level]),
      expected.map((msg) => [msg, 'warn']),
    );
  }
});

test('--help lists every setting with its meaning and its default', async () => {
  const help = run({}, ['--help']);
  assert.equal(await help.exit, 0);
  for (const { variable, help: meaning, value } of configHelp()) {
    const line = help.stdout.split('\n').find((text) => text.trim().startsWith(`${variable} `)) ?? '';
    assert.ok(line.includes(meaning) && line.includes(value), `${variable} is missing or has another meaning: ${line}`);
  }
});

test('the output of a failed start does not contain the password of the store', async () => {
  const stores = [
    'postgres://app:hunter2@127.0.0.1:1/app',
    'postgres://app:hun/ter2@127.0.0.1:1/app',
    'redis://app:hunter2@127.0.0.1:1',
    'mysql://app:hunter2@127.0.0.1:1/app',
    'app:hunter2@127.0.0.1:1',
  ];
  const runs = stores.map((store) => run({ SESSIONS_STORE: store, SESSIONS_PORT: '0' }));
  for (const failed of runs) {
    assert.equal(await failed.exit, 1);
    assert.match(failed.stderr, /^pip-sessions: [^\n]+\n$/);
    assert.doesNotMatch(failed.stdout + failed.stderr, /hun/);
  }
});

test('several workers on a store of one process stop the start, and the error helps', async () => {
  for (const store of ['memory:', 'sqlite:many/sessions.db']) {
    const refused = run({ SESSIONS_STORE: store, SESSIONS_WORKERS: '2' });
    assert.equal(await refused.exit, 1);
    assert.match(
      refused.stderr,
      /^pip-sessions: SESSIONS_WORKERS is 2, but SESSIONS_STORE is [^\n]+: set it to 1, or /,
    );
  }
});
