import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCOPES, type Scope } from '@pip-sessions/contract/scopes';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { COMMANDS } from '../api/v1/commands.ts';
import { CHANGES_ROUTE } from '../api/v2/changes-route.ts';
import { ROUTES } from '../api/v2/routes.ts';
import { newApiKey, parseApiKey } from './authentication/api-keys.ts';

/** The smallest scope for each request, as the README lists it under "Who may call". */
const RIGHTS: Readonly<Record<string, Scope>> = {
  'POST /v2/sessions/validate': 'validate',
  'POST /v2/sessions/validate-many': 'validate',
  'POST /v2/sessions/check': 'validate',
  'GET /v2/changes': 'validate',
  'POST /v2/sessions': 'write',
  'POST /v2/sessions/rotate': 'write',
  'POST /v2/sessions/own': 'write',
  'POST /v2/sessions/own/close': 'write',
  'GET /v2/sessions/{id}': 'write',
  'PATCH /v2/sessions/{id}': 'write',
  'PUT /v2/sessions/{id}/data': 'write',
  'PATCH /v2/sessions/{id}/data': 'write',
  'PUT /v2/sessions/{id}/user': 'write',
  'POST /v2/sessions/{id}/touch': 'write',
  'POST /v2/sessions/{id}/close': 'write',
  'GET /v2/sessions': 'admin',
  'POST /v2/sessions/close': 'admin',
  'DELETE /v2/sessions/{id}': 'admin',
  'POST /v2/users/export': 'admin',
  'POST /v2/users/erase': 'admin',
  'GET /v2/stats': 'admin',
  'GET /v2/keys': 'admin',
  'POST /v1/sessions/open_session': 'write',
  'POST /v1/sessions/get_session_by_id': 'write',
  'POST /v1/sessions/store_session_data': 'write',
  'POST /v1/sessions/update_session_user': 'write',
  'POST /v1/sessions/close_session': 'write',
  'POST /v1/sessions/get_sessions': 'admin',
  'POST /v1/sessions/close_expired_sessions': 'admin',
  'POST /v1/sessions/delete_session_by_id': 'admin',
};

const KEYS = SCOPES.map((scope) => ({ scope, ...newApiKey(scope, scope) }));

test('[ASVS-13.2.1] the scope of every route and command is documented', () => {
  const commands = COMMANDS.map(({ name }) => `POST /v1/sessions/${name}`);
  const routes = [CHANGES_ROUTE, ...ROUTES].map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual([...commands, ...routes].sort(), Object.keys(RIGHTS).sort());
});

test('[ASVS-13.2.1] each route accepts only keys of its scope or of a larger scope', async (t) => {
  const server = await startTestServer({ keys: KEYS.map(({ configured }) => parseApiKey(configured)) });
  t.after(server.stop);
  for (const [request, needed] of Object.entries(RIGHTS)) {
    assert.equal(await statusOf(server.url, request), 401, `${request} without a key`);
    for (const { scope, key } of KEYS) {
      const status = await statusOf(server.url, request, key);
      const isAllowed = SCOPES.indexOf(scope) >= SCOPES.indexOf(needed);
      assert.equal(status === 403, !isAllowed, `${request} with a key of scope ${scope}: ${status}`);
      assert.ok(![401, 405].includes(status), `${request} with a key of scope ${scope}: ${status}`);
    }
  }
});

/** Returns the status of an empty request: the scope is checked before the input is read. */
async function statusOf(url: string, request: string, key?: string): Promise<number> {
  const [method = '', path = ''] = request.split(' ');
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  const response = await fetch(url + path.replace('{id}', 'x'), { method, headers });
  // One of the responses is a stream without end.
  await response.body?.cancel();
  return response.status;
}
