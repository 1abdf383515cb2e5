import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { CHANGES_ROUTE } from '../../api/v2/changes-route.ts';
import { ROUTES } from '../../api/v2/routes.ts';

/** Bodies for routes that need more than an empty object. */
const BODIES: Readonly<Record<string, (token: string) => object>> = {
  openSession: () => ({ user_id: 'u' }),
  validateToken: (token) => ({ token }),
  validateTokens: (token) => ({ tokens: [token] }),
  checkSessions: (token) => ({ ids: [token] }),
  rotateToken: (token) => ({ token }),
  listOwnSessions: (token) => ({ token }),
  closeOwnSessions: (token) => ({ token, others: true }),
  closeSessions: () => ({ filter: { user_id: 'u' } }),
  exportUser: () => ({ user_id: 'u' }),
  eraseUser: () => ({ user_id: 'u' }),
  updateSession: () => ({ client: 'phone' }),
};

test('[ASVS-14.2.2] no response of API v2, whatever its status, may be cached', async (t) => {
  const { url, stop } = await startTestServer();
  t.after(stop);
  const send = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    assert.equal(response.headers.get('cache-control'), 'no-store', `${method} ${path}: ${response.status}`);
    return response;
  };
  for (const { name, method, path, status } of ROUTES) {
    const { session, token } = (await (await send('POST', '/v2/sessions', { user_id: 'u' })).json()) as Opened;
    const body = method === 'GET' ? undefined : (BODIES[name]?.(token) ?? {});
    const succeeded = await send(method, path.replace('{id}', session.id), body);
    assert.equal(succeeded.status, status, `${name}: ${await succeeded.text()}`);
    if (path.includes('{id}')) await (await send(method, path.replace('{id}', 'nobody'), body)).text();
  }
  const stream = await send(CHANGES_ROUTE.method, CHANGES_ROUTE.path);
  await stream.body?.cancel();
  await (await send('GET', '/v2/none')).text();
});

interface Opened {
  readonly session: { readonly id: string };
  readonly token: string;
}
