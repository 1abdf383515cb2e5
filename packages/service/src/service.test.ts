import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectRaw, get } from '../../../testing/http/raw-connection.ts';
import { loadConfig } from './config/config.ts';
import { createLogger } from './observability/log.ts';
import { startService } from './service.ts';

/**
 * The effect of each setting is tested with its component. These tests check that a started service applies its
 * settings.
 */

const SETTINGS = { SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0' };
const USER = { user_id: 'u' };

async function start(t: TestContext, settings: Record<string, string>) {
  let ahead_ms = 0;
  const now = Date.now.bind(Date);
  t.mock.method(Date, 'now', () => now() + ahead_ms);
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => void log.push(JSON.parse(line)) });
  const service = await startService(loadConfig({ ...SETTINGS, ...settings }), logger);
  t.after(service.stop);
  const send = async (line: string, body: object, headers: Record<string, string> = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const all = { 'content-type': 'application/json', connection: 'close', ...headers };
    const response = await fetch(service.url + path, { method, headers: all, body: JSON.stringify(body) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const advance = (ms: number) => {
    ahead_ms += ms;
  };
  return { ...service, log, send, advance };
}

test('[ASVS-7.1.1] [ASVS-7.1.2] [U-10] a started service applies its settings', async (t) => {
  const { sessions, advance } = await start(t, {
    SESSIONS_IDLE_TIMEOUT: '60',
    SESSIONS_IDLE_TIMEOUT_MAX: '120',
    SESSIONS_MAX_LIFETIME: '3600',
    SESSIONS_TOUCH_INTERVAL: '2',
    SESSIONS_ROTATION_GRACE: '7',
    SESSIONS_MAX_PER_USER: '1',
    SESSIONS_LIMIT_POLICY: 'deny',
    SESSIONS_RETENTION: '900',
  });
  const { session, token } = await sessions.openWithToken(USER, null);
  assert.equal(session.idle_timeout_ms, 60_000);
  assert.equal(session.expire_time, session.open_time + 3_600_000);
  await assert.rejects(async () => sessions.open({ user_id: 'v', idle_timeout_ms: 120_001 }), { code: 'INVALID_DATA' });
  await assert.rejects(sessions.open(USER), { code: 'SESSION_LIMIT' });
  advance(1);
  const validation = await sessions.validate(token);
  assert.ok(validation.active && validation.cacheable_ms <= 2_000);
  await sessions.rotate(token);
  advance(6_000);
  assert.equal((await sessions.validate(token)).active, true);
  advance(1_000);
  assert.deepEqual(await sessions.validate(token), { active: false, reason: 'compromised' });
  advance(890_000);
  assert.equal((await sessions.sweep()).purged, 0);
  advance(11_000);
  assert.equal((await sessions.sweep()).purged, 1);
});

test("[E-02] a started service's clock never steps back", async (t) => {
  const { sessions, advance } = await start(t, {});
  const before = await sessions.open(USER);
  advance(-60_000);
  const after = await sessions.open(USER);
  assert.ok(after.session.open_time >= before.session.open_time);
});

test('[U-10] a started service sweeps at the interval of its settings', { timeout: 10_000 }, async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { log } = await start(t, { SESSIONS_SWEEP_INTERVAL: '300' });
  t.mock.timers.tick(299_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(!log.some(({ msg }) => msg === 'sweep'));
  t.mock.timers.tick(1_000);
  while (!log.some(({ msg }) => msg === 'sweep')) await new Promise((resolve) => setImmediate(resolve));
});

test('[B-07] settings limit bodies, values, pages and connections', {
  timeout: 20_000,
}, async (t) => {
  const { url, send } = await start(t, {
    SESSIONS_BODY_LIMIT: '4096',
    SESSIONS_VALUE_LIMIT: '1024',
    SESSIONS_PAGE_SIZE_MAX: '2',
    SESSIONS_CONNECTIONS_MAX: '16',
    SESSIONS_CALLER_SHARE: '25',
  });
  const open = (bytes: number) => send('POST /v2/sessions', { ...USER, data: 'x'.repeat(bytes) });
  assert.match((await open(5_000)).text, /BODY_TOO_LARGE/);
  assert.match((await open(2_000)).text, /VALUE_TOO_LARGE/);
  for (let n = 0; n < 3; n += 1) assert.equal((await open(10)).status, 201);
  assert.equal(JSON.parse((await send('POST /v1/sessions/get_sessions', {})).text).data.length, 2);
  const four = await Promise.all(Array.from({ length: 4 }, () => connectRaw(url, { from: '127.0.0.2' })));
  // The connection may be reset before it is reported as open.
  const fifth = await connectRaw(url, { from: '127.0.0.2' }).catch(() => null);
  assert.equal(await (fifth?.closed ?? ''), '');
  for (const { socket } of four) {
    assert.equal(socket.closed, false);
    socket.destroy();
  }
});

test('[K-08] a started service lets pages call only from the origins in its settings', async (t) => {
  const { send } = await start(t, {
    SESSIONS_CORS_ORIGINS: 'https://app.example',
    SESSIONS_V1: 'off',
    SESSIONS_API_KEYS: `web:write:${'0'.repeat(64)}`,
  });
  assert.equal((await send('POST /v1/sessions/open_session', USER)).status, 404);
  const refused = await send('POST /v2/sessions', USER, { origin: 'https://app.example' });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('access-control-allow-origin'), 'https://app.example');
});

test('[K-07] a started service accepts only the hosts in its settings', async (t) => {
  const { url } = await start(t, { SESSIONS_ALLOWED_HOSTS: 'sessions.internal' });
  for (const [host, status] of [
    ['sessions.internal', 200],
    ['attacker.example', 403],
  ] as const) {
    const client = await connectRaw(url);
    client.socket.write(get('/livez', `host: ${host}\r\nconnection: close\r\n`));
    assert.match(await client.closed, new RegExp(`^HTTP/1\\.1 ${status} `));
  }
});
