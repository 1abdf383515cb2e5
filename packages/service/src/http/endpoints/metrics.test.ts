import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../config/config.ts';
import { createLogger } from '../../observability/log.ts';
import { startService } from '../../service.ts';
import { newApiKey } from '../authentication/api-keys.ts';

const TOKEN = 'a-token-of-the-scraper';

async function start(t: TestContext, settings: Record<string, string> = {}): Promise<string> {
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', ...settings });
  const service = await startService(config, createLogger('silent'));
  t.after(service.stop);
  return service.url;
}

async function statusOf(url: string, token?: string, path = '/metrics'): Promise<number> {
  const response = await fetch(url + path, { ...(token && { headers: { authorization: `Bearer ${token}` } }) });
  await response.body?.cancel();
  return response.status;
}

test('with keys, /metrics accepts every key and the metrics token, and nothing else', async (t) => {
  const scopes = ['validate', 'write', 'admin'].map((scope) => newApiKey(scope, scope));
  const SESSIONS_API_KEYS = scopes.map(({ configured }) => configured).join(',');
  const url = await start(t, { SESSIONS_API_KEYS, SESSIONS_METRICS_TOKEN: TOKEN });
  for (const token of [TOKEN, ...scopes.map(({ key }) => key)]) assert.equal(await statusOf(url, token), 200);
  for (const token of [undefined, `${TOKEN}s`, TOKEN.slice(1), 'psk_1']) assert.equal(await statusOf(url, token), 401);
});

test('the metrics token opens no other path', async (t) => {
  const { configured } = newApiKey('app', 'admin');
  const url = await start(t, { SESSIONS_API_KEYS: configured, SESSIONS_METRICS_TOKEN: TOKEN, SESSIONS_V1: 'open' });
  for (const path of ['/v2/stats', '/v2/sessions', '/v2/changes']) assert.equal(await statusOf(url, TOKEN, path), 401);
  assert.equal(await statusOf(url), 401, 'an open API v1 does not open the metrics');
});

test('without keys, /metrics is open on loopback, unless a metrics token is set', async (t) => {
  assert.equal(await statusOf(await start(t)), 200);
  const url = await start(t, { SESSIONS_METRICS_TOKEN: TOKEN });
  assert.deepEqual([await statusOf(url), await statusOf(url, 'wrong'), await statusOf(url, TOKEN)], [401, 401, 200]);
});

test('without keys, a page of another site cannot read /metrics', async (t) => {
  const url = await start(t);
  const { status } = await fetch(`${url}/metrics`, { headers: { origin: 'https://elsewhere.example' } });
  assert.equal(status, 403);
});

test('many wrong metrics tokens from one address get a 429', async (t) => {
  const url = await start(t, { SESSIONS_METRICS_TOKEN: TOKEN });
  const statuses = [];
  for (let tries = 0; tries < 12; tries += 1) statuses.push(await statusOf(url, `wrong-${tries}`));
  assert.equal(statuses.at(-1), 429);
  assert.equal(await statusOf(url, TOKEN), 200, 'the right token is still accepted');
});

test('HEAD /metrics has the headers of GET, and only these two methods are served', async (t) => {
  const url = await start(t);
  const get = await fetch(`${url}/metrics`);
  assert.match(
    await get.text(),
    /^# HELP sessions_build_info .+\n# TYPE sessions_build_info gauge\nsessions_build_info\{/,
  );
  const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  for (const name of ['content-type', 'cache-control', 'x-content-type-options']) {
    assert.equal(head.headers.get(name), get.headers.get(name), name);
  }
  assert.match(String(get.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
  const post = await fetch(`${url}/metrics`, { method: 'POST' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
});

test('with SESSIONS_METRICS=off the path does not exist', async (t) => {
  assert.equal(await statusOf(await start(t, { SESSIONS_METRICS: 'off' })), 404);
});

test('a short or unsendable metrics token stops the start, and is not shown', () => {
  for (const token of ['short-token-123', 'a token with some spaces', '', 'x'.repeat(1_025)]) {
    assert.throws(
      () => loadConfig({ SESSIONS_METRICS_TOKEN: token }),
      (error: Error) =>
        /SESSIONS_METRICS_TOKEN must have 16 to 1024 characters/.test(error.message) &&
        (token === '' || !error.message.includes(token)),
    );
  }
});
