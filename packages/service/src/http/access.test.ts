import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../config.ts';
import { createLogger } from '../observability/log.ts';
import { startService } from '../service.ts';
import { newApiKey, parseApiKey, type Scope } from './authentication/api-keys.ts';
import { startTestServer } from './fixtures/test-server.ts';

const KEYS = { validate: keyOf('validate'), write: keyOf('write'), admin: keyOf('admin') };

/** What each request needs, from the least that it may be asked with. */
const REQUESTS: readonly (readonly [string, Scope, object?])[] = [
  ['POST /v2/sessions/validate', 'validate', { token: 'x' }],
  ['POST /v2/sessions', 'write', { user_id: 'u' }],
  ['POST /v2/sessions/rotate', 'write', { token: 'x' }],
  ['GET /v2/sessions/x', 'write'],
  ['PUT /v2/sessions/x/data', 'write', {}],
  ['PATCH /v2/sessions/x/data', 'write', {}],
  ['PUT /v2/sessions/x/user', 'write', {}],
  ['POST /v2/sessions/x/touch', 'write'],
  ['POST /v2/sessions/x/close', 'write'],
  ['GET /v2/sessions', 'admin'],
  ['POST /v2/sessions/close', 'admin', { filter: { user_id: 'nobody' } }],
  ['DELETE /v2/sessions/x', 'admin'],
  ['GET /v2/stats', 'admin'],
  ['POST /v1/sessions/open_session', 'write', { user_id: 'u' }],
  ['POST /v1/sessions/get_session_by_id', 'write', { session_id: 'x' }],
  ['POST /v1/sessions/get_sessions', 'admin', {}],
  ['POST /v1/sessions/delete_session_by_id', 'admin', { session_id: 'x' }],
];

test('with keys, each request is let through by keys of its scope or a larger one, and by nothing else', async (t) => {
  const server = await startTestServer({ keys: Object.values(KEYS).map(({ configured }) => configured) });
  t.after(server.stop);
  const scopes = ['validate', 'write', 'admin'] as const;
  for (const [line, needed, body] of REQUESTS) {
    assert.equal(await statusOf(server.url, line, body), 401, `${line} without a key`);
    for (const scope of scopes) {
      const status = await statusOf(server.url, line, body, KEYS[scope].key);
      const isAllowed = scopes.indexOf(scope) >= scopes.indexOf(needed);
      assert.equal(status === 403, !isAllowed, `${line} with a key of scope ${scope}: ${status}`);
      assert.notEqual(status, 401);
    }
  }
});

test('API v1 can be left open beside keys, and can be turned off', async (t) => {
  const keys = [KEYS.admin.configured];
  const open = await startTestServer({ keys, v1: { base: '/v1/sessions', needs_key: false, swagger: true } });
  t.after(open.stop);
  assert.equal(await statusOf(open.url, 'POST /v1/sessions/open_session', { user_id: 'u' }), 200);
  assert.equal(await statusOf(open.url, 'POST /v2/sessions', { user_id: 'u' }), 401);
  const off = await startTestServer({ v1: null });
  t.after(off.stop);
  assert.equal(await statusOf(off.url, 'POST /v1/sessions/open_session', { user_id: 'u' }), 404);
  assert.equal(await statusOf(off.url, 'POST /v2/sessions', { user_id: 'u' }), 201);
});

test('on an address that others reach, a service without keys does not start, and says how it would', async () => {
  const settings = { SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', SESSIONS_HOST: '0.0.0.0' };
  await assert.rejects(startService(loadConfig(settings), createLogger('silent')), {
    code: 'INVALID_CONFIG',
    message: /SESSIONS_HOST is 0\.0\.0\.0.*pip-sessions key.*SESSIONS_AUTH=none/,
  });
});

test('an answer of API v2 is kept by nobody, and a page of an allowed origin can read its revision', async (t) => {
  const server = await startTestServer({ cors_origins: ['https://app.example'] });
  t.after(server.stop);
  const headers = { 'content-type': 'application/json', origin: 'https://app.example' };
  const opened = await fetch(`${server.url}/v2/sessions`, { method: 'POST', headers, body: '{"user_id":"u"}' });
  assert.equal(opened.headers.get('cache-control'), 'no-store');
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

function keyOf(scope: Scope) {
  const { key, configured } = newApiKey(scope, scope);
  return { key, configured: parseApiKey(configured) };
}

async function statusOf(url: string, line: string, body?: object, key?: string): Promise<number> {
  const [method = '', path = ''] = line.split(' ');
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  await response.text();
  return response.status;
}
