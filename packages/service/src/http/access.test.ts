import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { loadConfig } from '../config/config.ts';
import { createLogger } from '../observability/log.ts';
import { startService } from '../service.ts';
import { newApiKey, parseApiKey } from './authentication/api-keys.ts';

test('[O-04] with keys, API v1 can be left open, and it can be turned off', async (t) => {
  const keys = [parseApiKey(newApiKey('admin', 'admin').configured)];
  const open = await startTestServer({ keys, v1: { base: '/v1/sessions', needs_key: false, swagger: true } });
  t.after(open.stop);
  assert.equal(await statusOf(open.url, 'POST /v1/sessions/open_session', { user_id: 'u' }), 200);
  assert.equal(await statusOf(open.url, 'POST /v2/sessions', { user_id: 'u' }), 401);
  const off = await startTestServer({ v1: null });
  t.after(off.stop);
  assert.equal(await statusOf(off.url, 'POST /v1/sessions/open_session', { user_id: 'u' }), 404);
  assert.equal(await statusOf(off.url, 'POST /v2/sessions', { user_id: 'u' }), 201);
});

test('[K-01] without keys, a network address stops the start with a reason', async () => {
  const settings = { SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', SESSIONS_HOST: '0.0.0.0' };
  await assert.rejects(startService(loadConfig(settings), createLogger('silent')), {
    code: 'INVALID_CONFIG',
    message: /SESSIONS_HOST is 0\.0\.0\.0.*pip-sessions key.*SESSIONS_AUTH=none/,
  });
});

test('a page of an allowed origin can read the revision in responses of API v2', async (t) => {
  const server = await startTestServer({ cors_origins: ['https://app.example'] });
  t.after(server.stop);
  const headers = { 'content-type': 'application/json', origin: 'https://app.example' };
  const opened = await fetch(`${server.url}/v2/sessions`, { method: 'POST', headers, body: '{"user_id":"u"}' });
  assert.equal(opened.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.match(opened.headers.get('access-control-expose-headers') ?? '', /etag/);
  const asked = {
    'access-control-request-method': 'PATCH',
    'access-control-request-headers': 'authorization,if-match',
  };
  const preflight = await fetch(`${server.url}/v2/sessions/x/data`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', ...asked },
  });
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PATCH/);
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'authorization,if-match');
  const other = await fetch(`${server.url}/v2/stats`, { headers: { origin: 'https://evil.example' } });
  assert.equal(other.headers.get('access-control-allow-origin'), null);
});

async function statusOf(url: string, line: string, body: object): Promise<number> {
  const [method = '', path = ''] = line.split(' ');
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  await response.text();
  return response.status;
}
