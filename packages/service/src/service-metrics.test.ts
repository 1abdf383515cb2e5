import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from './config/config.ts';
import { newApiKey } from './http/authentication/api-keys.ts';
import { createLogger } from './observability/log.ts';
import { parsed } from './observability/metrics/fixtures/parsed.ts';
import { startService } from './service.ts';

/** A service, and a function that returns by how much each metric has grown since its last call. */
async function start(t: TestContext, settings: Record<string, string> = {}, key = 'none') {
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', ...settings });
  const service = await startService(config, createLogger('silent'));
  t.after(service.stop);
  const { url } = service;
  const authorization = `Bearer ${key}`;
  const read = async () => parsed(await (await fetch(`${url}/metrics`, { headers: { authorization } })).text());
  let last = await read();
  const growth = async () => {
    const before = last;
    last = await read();
    return (series: string) => (last.get(series) ?? 0) - (before.get(series) ?? 0);
  };
  const send = async (line: string, body?: object) => {
    const [method = '', path = ''] = line.split(' ');
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    // biome-ignore lint/suspicious/noExplicitAny: responses of several routes
    return JSON.parse(await response.text()) as any;
  };
  const open = (body: object = {}) => send('POST /v2/sessions', { user_id: 'u', ...body });
  return { url, read, growth, send, open };
}

test('requests are counted by route and status, and their durations by operation', async (t) => {
  const { growth, send, open, url } = await start(t);
  const { token } = await open();
  for (let n = 0; n < 3; n += 1) await send('POST /v2/sessions/validate', { token });
  await send('POST /v2/sessions/validate', {});
  await send('GET /v2/sessions/unknown');
  await send('POST /v1/sessions/get_sessions', {});
  await send('GET /v2/nothing');
  await send('GET /nothing');
  await fetch(`${url}/livez`);
  const by = await growth();
  const requests = (route: string, status: string) =>
    by(`sessions_http_requests_total{route="${route}",status="${status}"}`);
  assert.equal(requests('openSession', '2xx'), 1);
  assert.deepEqual([requests('validateToken', '2xx'), requests('validateToken', '4xx')], [3, 1]);
  assert.equal(requests('getSession', '4xx'), 1);
  assert.equal(requests('get_sessions', '2xx'), 1);
  assert.equal(requests('/livez', '2xx'), 1);
  assert.equal(requests('none', '4xx'), 2);
  assert.equal(by('sessions_http_request_duration_seconds_count{operation="validate"}'), 4);
  assert.equal(by('sessions_http_request_duration_seconds_bucket{operation="validate",le="+Inf"}'), 4);
  assert.ok(by('sessions_http_request_duration_seconds_sum{operation="validate"}') > 0);
  assert.equal(by('sessions_http_errors_total{code="SESSION_NOT_FOUND"}'), 1);
});

test('validations are counted by result', async (t) => {
  const { growth, send, open } = await start(t);
  const { token, session } = await open();
  await send('POST /v2/sessions/validate', { token });
  await send('POST /v2/sessions/validate-many', { tokens: [token, token, 'nonsense'] });
  await send(`POST /v2/sessions/${session.id}/close`, { reason: 'revoked' });
  await send('POST /v2/sessions/validate', { token });
  const by = await growth();
  const results = (result: string) =>
    ['memory', 'store']
      .map((source) => by(`sessions_validations_total{source="${source}",result="${result}"}`))
      .reduce((sum, count) => sum + count);
  assert.deepEqual([results('active'), results('unknown'), results('revoked')], [3, 1, 1]);
  assert.equal(by('sessions_incidents_total{event="unknown_token"}'), 1);
});

test('SQLite decides validations from memory, and counts its commits', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-metrics-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { growth, send, open, read } = await start(t, { SESSIONS_STORE: `sqlite:${join(folder, 's.db')}` });
  const { token } = await open();
  for (let n = 0; n < 3; n += 1) await send('POST /v2/sessions/validate', { token, touch: false });
  const by = await growth();
  assert.ok(by('sessions_validations_total{source="memory",result="active"}') >= 2);
  assert.ok(by('sessions_store_commit_writes_sum') >= 1);
  assert.ok(by('sessions_store_commit_wait_seconds_count') >= 1);
  assert.equal((await read()).get('sessions_store_waiting{queue="writes"}'), 0);
});

test('opens, closes, evictions, rotations, reuse, deletions and limits are counted', async (t) => {
  const settings = { SESSIONS_MAX_PER_USER: '2', SESSIONS_ROTATION_GRACE: '0' };
  const { growth, send, open } = await start(t, settings);
  const first = await open({ user_id: 'a' });
  const second = await open({ user_id: 'b' });
  await open({ user_id: 'c' });
  await send('POST /v2/sessions/rotate', { token: first.token });
  await send('POST /v2/sessions/validate', { token: first.token });
  await send(`POST /v2/sessions/${second.session.id}/close`, {});
  await send('POST /v2/sessions/close', { filter: { user_id: 'c' }, reason: 'revoked' });
  for (let n = 0; n < 3; n += 1) await open({ user_id: 'd' });
  await send(`DELETE /v2/sessions/${second.session.id}`);
  await send('POST /v2/users/erase', { user_id: 'd' });
  const by = await growth();
  const closed = (reason: string) => by(`sessions_closed_total{reason="${reason}"}`);
  assert.equal(by('sessions_opened_total'), 6);
  assert.equal(by('sessions_rotations_total'), 1);
  assert.deepEqual(['compromised', 'closed', 'revoked', 'evicted', 'deadline'].map(closed), [1, 1, 1, 1, 0]);
  assert.equal(by('sessions_incidents_total{event="compromised_session"}'), 1);
  assert.equal(by('sessions_deleted_total{cause="request"}'), 1);
  assert.equal(by('sessions_deleted_total{cause="user"}'), 3);
});

test('an open that a limit rejects is counted, and is not a failure of the store', async (t) => {
  const { growth, open } = await start(t, { SESSIONS_MAX_PER_USER: '1', SESSIONS_LIMIT_POLICY: 'deny' });
  await open();
  await open();
  const by = await growth();
  assert.deepEqual([by('sessions_opened_total'), by('sessions_limit_rejections_total')], [1, 1]);
  assert.equal(by('sessions_http_errors_total{code="SESSION_LIMIT"}'), 1);
  assert.equal(by('sessions_store_failures_total{operation="insert"}'), 0);
  assert.equal(by('sessions_store_call_duration_seconds_count{operation="insert"}'), 2);
});

test('failed authentications are counted', async (t) => {
  const { configured, key } = newApiKey('app', 'validate');
  const { growth, url } = await start(t, { SESSIONS_API_KEYS: configured }, key);
  await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer wrong' } });
  await fetch(`${url}/v2/stats`);
  await fetch(`${url}/v2/stats`, { headers: { authorization: `Bearer ${key}` } });
  const by = await growth();
  assert.equal(by('sessions_incidents_total{event="authentication_failed"}'), 2);
  assert.equal(by('sessions_incidents_total{event="authorization_failed"}'), 1);
  assert.equal(by('sessions_http_requests_total{route="/metrics",status="4xx"}'), 1);
});

test('the node shows live sessions, readiness, listeners, connections and build', async (t) => {
  const { read, open, url } = await start(t);
  await open();
  const ended = new AbortController();
  const stream = await fetch(`${url}/v2/changes`, { signal: ended.signal });
  const series = await read();
  ended.abort();
  await stream.body?.cancel().catch(() => {});
  assert.equal(series.get('sessions_ready'), 1);
  assert.equal(series.get('sessions_clock_problem'), 0);
  assert.equal(series.get('sessions_processes'), 1);
  assert.equal(series.get('sessions_changes_listeners'), 1);
  assert.equal(series.get('sessions_live'), 0, 'counted before the open, and not again within ten seconds');
  assert.equal(series.get('sessions_feed_lag_seconds'), 0);
  assert.ok(Number(series.get('sessions_http_connections')) >= 2);
  assert.ok(Number(series.get('process_cpu_seconds_total')) > 0);
  assert.ok(Number(series.get('process_start_time_seconds')) > 1e9);
  assert.ok(series.has('nodejs_eventloop_lag_p99_seconds'));
  const [build = ''] = [...series.keys()].filter((key) => key.startsWith('sessions_build_info'));
  assert.match(build, /\{version="[\d.]+",node_version="v\d+[\d.]+",store="memory"\}/);
});
