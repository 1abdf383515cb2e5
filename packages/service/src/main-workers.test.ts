import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../../../testing/servers/redis-server.ts';
import { Command } from '../../../testing/service/command.ts';
import { parsed } from './observability/metrics/fixtures/parsed.ts';

/** Tests of the command with several workers on a shared store. */

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const skip = RedisServer.isAvailable() ? false : 'there is no Redis on this machine';
/** A server without a password accepts any password of its default user. */
const PASSWORD = 'hunter2';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-main-workers-'));
let redis: RedisServer;

before(async () => {
  if (!skip) redis = await RedisServer.start();
});
after(async () => {
  await redis?.remove();
  rmSync(folder, { recursive: true });
});

function run(t: TestContext, env: Record<string, string> = {}): Command {
  const SESSIONS_STORE = `redis://default:${PASSWORD}@127.0.0.1:${redis.port}`;
  const all = { SESSIONS_PORT: '0', SESSIONS_WORKERS: '2', SESSIONS_STORE, ...env };
  const command = new Command(MAIN, [], { cwd: folder, env: all });
  t.after(() => command.kill());
  return command;
}

async function started(command: Command, count: number): Promise<{ readonly url: string; readonly pids: unknown[] }> {
  const lines = await command.logged(({ msg }) => msg === 'started', count);
  assert.deepEqual([...new Set(lines.map(({ url }) => url))].length, 1);
  return { url: String(lines[0]?.url), pids: lines.map(({ pid }) => pid) };
}

async function call(url: string, command: string, body: object) {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const answer = await fetch(`${url}/v1/sessions/${command}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return JSON.parse((await answer.text()) || 'null');
}

test('two workers share a port and the sessions, and a killed one is replaced', { skip }, async (t) => {
  const command = run(t);
  const { url, pids } = await started(command, 2);
  assert.equal(new Set(pids).size, 2);
  const opened = await call(url, 'open_session', { user_id: '1' });
  // Connections go to the workers in turn.
  for (let reads = 0; reads < 4; reads += 1) {
    assert.equal((await call(url, 'get_session_by_id', { session_id: opened.id })).id, opened.id);
  }
  process.kill(Number(pids[0]), 'SIGKILL');
  const { pids: three } = await started(command, 3);
  assert.equal(new Set(three).size, 3);
  assert.equal((await call(url, 'get_session_by_id', { session_id: opened.id })).id, opened.id);
  assert.equal(command.stderr.match(/Serving sessions on .* by 2 processes/g)?.length, 1);
});

test('a request for metrics that reaches one worker gets the sum of both', { skip }, async (t) => {
  const command = run(t);
  const { url } = await started(command, 2);
  // Connections go to the workers in turn.
  for (let opens = 0; opens < 4; opens += 1) await call(url, 'open_session', { user_id: '1' });
  for (const _ of ['one worker', 'the other']) {
    const answer = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
    const series = parsed(await answer.text());
    assert.equal(series.get('sessions_processes'), 2);
    assert.equal(series.get('sessions_opened_total'), 4);
    assert.equal(series.get('sessions_http_requests_total{route="open_session",status="2xx"}'), 4);
    assert.equal(series.get('sessions_ready'), 1);
  }
});

test('only one of the workers sweeps', { skip }, async (t) => {
  // A server of its own: on the shared one the lease of a killed node may not have ended yet.
  const own = await RedisServer.start();
  t.after(() => own.remove());
  const command = run(t, { SESSIONS_SWEEP_INTERVAL: '1', SESSIONS_STORE: own.url });
  await started(command, 2);
  const sweeps = await command.logged(({ msg }) => msg === 'sweep', 2);
  const times = sweeps.map(({ time }) => Date.parse(String(time)));
  assert.equal(new Set(sweeps.map(({ pid }) => pid)).size, 1);
  assert.ok(Number(times[1]) - Number(times[0]) > 500);
});

test('on SIGTERM the request in flight finishes, new ones are rejected, the code is 0', { skip }, async (t) => {
  const command = run(t);
  const { url } = await started(command, 2);
  const body = '{"user_id":"1"}';
  const headers = { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' };
  const inFlight = request(`${url}/v1/sessions/open_session`, { method: 'POST', headers });
  inFlight.flushHeaders();
  await once(inFlight, 'continue');
  // An idle connection to another worker.
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  command.process.kill('SIGTERM');
  await command.logged(({ msg, pid }) => pid !== undefined && String(msg).startsWith('stopping'), 2);
  inFlight.end(body);
  const [answer] = (await once(inFlight, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  assert.equal(JSON.parse(await text(answer)).user_id, '1');
  assert.equal(await command.exit, 0);
  await assert.rejects(fetch(`${url}/readyz`));
});

test('when the primary is killed, its workers end too', { skip }, async (t) => {
  const command = run(t);
  await started(command, 2);
  // `kill` resolves when all processes with the same output have ended.
  await command.kill();
});

test('a port in use is reported once, and the primary ends with 1', { skip }, async (t) => {
  const { url } = await started(run(t), 2);
  const taken = run(t, { SESSIONS_PORT: new URL(url).port });
  assert.equal(await taken.exit, 1);
  assert.match(taken.stderr, /^pip-sessions: .*EADDRINUSE.*\n$/);
});

test('the output of a running service does not contain the password of the store', { skip }, async (t) => {
  const command = run(t, { SESSIONS_LOG_LEVEL: 'trace' });
  const { url } = await started(command, 2);
  await call(url, 'open_session', { user_id: '1' });
  await redis.stop();
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
  await call(url, 'open_session', { user_id: '1' });
  await redis.restart();
  command.process.kill('SIGTERM');
  assert.equal(await command.exit, 0);
  assert.match(command.stdout + command.stderr, /redis:\/\/default:…@/);
  assert.doesNotMatch(command.stdout + command.stderr, new RegExp(PASSWORD));
});
