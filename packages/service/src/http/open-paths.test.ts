import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { loadConfig } from '../config/config.ts';
import { ManualClock } from '../domain/time/clock.ts';
import { createLogger } from '../observability/log.ts';
import { IncidentCounts } from '../observability/metrics/incident-counts.ts';
import { RequestCounts } from '../observability/metrics/request-counts.ts';
import { startService } from '../service.ts';
import { newApiKey, parseApiKey } from './authentication/api-keys.ts';
import { CONSOLE } from './console/fixtures/console-options.ts';
import { requestPath } from './endpoints/endpoints.ts';
import { FIXED_ROUTES, type FixedPath } from './endpoints/fixed-routes.ts';
import { Health } from './endpoints/health.ts';
import { endpointsOf } from './server.ts';

/** The paths that SECURITY.md lists under "What is open without a key". */
const OPEN = [
  ...['/livez', '/readyz', '/heartbeat', '/status', '/openapi.json', '/swagger', '/swagger/', '/v1/sessions/swagger'],
  '/',
  ...['/docs', '/docs/', '/docs/page.css', '/docs/page.js', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'],
  '/docs/favicon-32x32.png',
];

test('[O-03] with keys, only the documented paths are open without a key', () => {
  const clock = new ManualClock();
  const health = new Health(async () => {}, createLogger('silent'), {});
  const info = { name: '', description: '', version: '', properties: {}, components: [] };
  const v1 = { base: '/v1/sessions', needs_key: true, swagger: true };
  const metrics = { requests: new RequestCounts(), incidents: new IncidentCounts(), text: async () => '' };
  const endpoints = endpointsOf({ clock, info, v1, v2: { value_limit: 1 }, metrics, adminConsole: CONSOLE }, health);
  const served = (Object.keys(endpoints) as FixedPath[]).filter((path) => FIXED_ROUTES[path] === 'public');
  assert.deepEqual(served.map((path) => requestPath(path, v1.base)).sort(), [...OPEN, '/console'].sort());
  assert.deepEqual(Object.keys(endpoints).sort(), Object.keys(FIXED_ROUTES).sort(), 'every route is served');
});

test('[O-03] with keys, the open paths show no session', async (t) => {
  const { key, configured } = newApiKey('app', 'admin');
  const server = await startTestServer({ keys: [parseApiKey(configured)] });
  t.after(server.stop);
  const { session } = await server.sessions.open({ user_id: 'a-user-to-look-for', data: null });
  const get = async (path: string, headers = {}) => {
    const response = await fetch(server.url + path, { headers });
    return { status: response.status, text: await response.text() };
  };
  for (const path of OPEN) {
    const { status, text } = await get(path);
    assert.equal(status, 200, path);
    for (const word of [session.id, 'a-user-to-look-for', key]) assert.ok(!text.includes(word), path);
  }
  const { text } = await get('/v2/sessions', { authorization: `Bearer ${key}` });
  assert.ok(text.includes('a-user-to-look-for'), 'with the key the user is returned');
});

test('[O-02] with SESSIONS_AUTH=none every client that reaches the address is served', async (t) => {
  const settings = { SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', SESSIONS_HOST: '0.0.0.0', SESSIONS_AUTH: 'none' };
  const service = await startService(loadConfig(settings), createLogger('silent'));
  t.after(service.stop);
  const url = service.url.replace('0.0.0.0', '127.0.0.1');
  for (const path of ['/v2/sessions', '/v1/sessions/open_session']) {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const { ok } = await fetch(url + path, { method: 'POST', headers, body: '{"user_id":"u"}' });
    assert.ok(ok, path);
  }
});
