import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer, type TestServerOptions } from '../../../../../testing/http/test-server.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { openAudit } from '../../observability/audit/open-audit.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { newApiKey, parseApiKey } from '../authentication/api-keys.ts';
import { CONSOLE } from './fixtures/console-options.ts';
import { CONSOLE_OPERATIONS, CONSOLE_ROUTES } from './routes.ts';

const KEYS = (['validate', 'write', 'admin'] as const).map((scope) => ({ scope, ...newApiKey(scope, scope) }));
const keyOf = (scope: string) => KEYS.find((key) => key.scope === scope)?.key ?? '';

/** A page of the console in a browser, at a service that requires keys. */
async function startConsole(options: TestServerOptions = {}) {
  const keys = options.keys ?? KEYS.map(({ configured }) => parseApiKey(configured));
  const server = await startTestServer({ adminConsole: CONSOLE, ...options, keys });
  let cookie = '';
  const send = async (line: string, body?: unknown, more: Record<string, string> = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const headers = { origin: server.url, 'content-type': 'application/json', cookie, ...more };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${server.url}/console/api${path}`, init);
    for (const set of response.headers.getSetCookie()) cookie = set.split(';', 1)[0] ?? '';
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  };
  const signIn = (scope = 'admin') => send('POST /sign-in', { key: keyOf(scope) });
  const cookieNow = () => cookie;
  return { ...server, send, signIn, cookieNow };
}

/** Opens a session at the service, as an application does. */
async function opened({ url }: { readonly url: string }, more: object = {}): Promise<{ id: string }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${keyOf('admin')}` };
  const body = JSON.stringify({ user_id: 'ann', user: { name: 'Ann' }, data: { cart: 1 }, ...more });
  const response = await fetch(`${url}/v2/sessions`, { method: 'POST', headers, body });
  return ((await response.json()) as { session: { id: string } }).session;
}

test('[N-01] a key is exchanged for a cookie that scripts cannot read', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  assert.deepEqual([(await page.send('GET /me')).status, (await page.send('GET /hours')).status], [204, 401]);
  const { status, headers, body } = await page.signIn();
  assert.equal(status, 200);
  assert.match(
    headers.get('set-cookie') ?? '',
    /^pip-sessions-console=ps_\S+; Path=\/console; HttpOnly; SameSite=Strict$/,
  );
  assert.ok(!page.cookieNow().includes(keyOf('admin')));
  assert.partialDeepStrictEqual(body, { key: 'admin', scope: 'admin', open: false, service: { store: 'memory' } });
  assert.partialDeepStrictEqual((await page.send('GET /me')).body, { key: 'admin' });
  assert.equal((await page.send('POST /sign-out')).status, 204);
  assert.equal((await page.send('GET /me')).status, 204);
});

test('[N-01] behind a proxy with https, the cookie is for this host by https only', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  const more = { origin: 'https://console.example', 'sec-fetch-site': 'same-origin' };
  const { headers } = await page.send('POST /sign-in', { key: keyOf('write') }, more);
  const cookie = headers.get('set-cookie') ?? '';
  assert.match(cookie, /^__Host-pip-sessions-console=\S+; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
  const plain = await page.send(
    'POST /sign-in',
    { key: keyOf('write') },
    { ...more, origin: 'http://console.example' },
  );
  assert.equal(plain.status, 403);
});

test('[N-02] a request from another origin, or from no page, is rejected', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  await page.signIn();
  const others = [
    { origin: 'https://evil.example' },
    { origin: page.url, 'sec-fetch-site': 'cross-site' },
    { origin: page.url, 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
  ];
  for (const more of others) {
    for (const line of ['GET /me', 'GET /v2/stats', 'POST /sign-out']) {
      assert.equal((await page.send(line, undefined, more)).status, 403, `${line} ${JSON.stringify(more)}`);
    }
  }
  const plain = await fetch(`${page.url}/console/api/me`, { headers: { cookie: page.cookieNow() } });
  assert.equal(plain.status, 403);
  assert.equal((await page.send('GET /me')).status, 200);
});

test('[N-03] each request needs the session of the console, and a key of its scope', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  const { id } = await opened(page);
  const operations: Record<string, string> = {
    listSessions: 'GET /v2/sessions?user_id=ann',
    getStats: 'GET /v2/stats',
    closeSession: `POST /v2/sessions/${id}/close`,
    closeSessions: 'POST /v2/sessions/close',
    deleteSession: `DELETE /v2/sessions/${id}`,
    listKeys: 'GET /v2/keys',
    exportUser: 'POST /v2/users/export',
    eraseUser: 'POST /v2/users/erase',
    followChanges: 'HEAD /v2/changes',
  };
  const forAdmin = ['GET /audit', 'closeSessions', 'deleteSession', 'listKeys', 'exportUser', 'eraseUser'];
  const requests = [...Object.keys(CONSOLE_ROUTES), ...Object.keys(CONSOLE_OPERATIONS)]
    .filter((name) => !['POST /sign-in', 'POST /sign-out', 'GET /me'].includes(name))
    .map((name) => ({ line: operations[name] ?? name.replace('{id}', id), needsAdmin: forAdmin.includes(name) }));
  for (const { line } of requests) assert.equal((await page.send(line)).status, 401, line);
  assert.equal((await page.signIn('validate')).status, 403);
  await page.signIn('write');
  for (const { line, needsAdmin } of requests) {
    const { status } = await page.send(line);
    assert.equal(status === 403, needsAdmin, `${line}: ${status}`);
  }
  const outside = [
    `GET /v2/sessions/${id}`,
    `PUT /v2/sessions/${id}/data`,
    'POST /v2/sessions',
    'POST /v2/sessions/validate',
  ];
  for (const line of outside) assert.equal((await page.send(line)).status, 404, line);
});

test('[N-04] a console of a removed or replaced key is signed out', async (t) => {
  const store = new MemoryStore({ sessions_max: 100 });
  const page = await startConsole({ store });
  t.after(page.stop);
  await page.signIn();
  const cookie = page.cookieNow();
  const others = [[], [newApiKey('admin', 'admin')], [newApiKey('other', 'admin')]];
  for (const keys of others) {
    const configured = [...keys.map((key) => key.configured), KEYS[0]?.configured ?? ''].map(parseApiKey);
    const node = await startTestServer({ adminConsole: CONSOLE, keys: configured, store });
    t.after(node.stop);
    const response = await fetch(`${node.url}/console/api/hours`, { headers: { cookie, origin: node.url } });
    assert.equal(response.status, 401);
  }
});

test('[N-04] an application cannot open a session of the console', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${keyOf('write')}` };
  const user_id = 'urn:pip-sessions:console:admin';
  for (const [path, body] of [
    ['/v2/sessions', { user_id }],
    ['/v1/sessions/open_session', { session: { user_id }, user_id }],
  ] as const) {
    const response = await fetch(page.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(response.status, 400, path);
    assert.match(await response.text(), /user_id must not begin with/);
  }
});

test('a wrong key is a 401, many of them a 429, and a right key still signs in', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1) statuses.push((await page.send('POST /sign-in', { key: `psk_${n}` })).status);
  assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
  assert.equal((await page.signIn()).status, 200);
  for (const body of [{}, { key: 1 }, { key: '' }, []])
    assert.equal((await page.send('POST /sign-in', body)).status, 400);
});

test('[N-05] user and data are shown only by a request that is audited', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'console-audit-'));
  const setting = `file:${join(folder, 'audit.log')}`;
  const audit = openAudit(setting, new ManualClock(), {
    write: () => {},
    onFault: (error) => assert.fail(String(error)),
  });
  const page = await startConsole({ audit, adminConsole: { ...CONSOLE, audit_setting: setting } });
  t.after(async () => {
    await page.stop();
    rmSync(folder, { recursive: true });
  });
  await page.signIn();
  const { id } = await opened(page);
  const { body } = await page.send(`GET /sessions/${id}`);
  assert.deepEqual(
    [body.id, body.user_bytes, body.data_bytes, body.user, body.data],
    [id, 14, 10, undefined, undefined],
  );
  const revealed = await page.send(`POST /sessions/${id}/reveal`);
  assert.deepEqual(revealed.body, { user: { name: 'Ann' }, data: { cart: 1 } });
  assert.equal((await page.send('GET /sessions/none')).status, 404);
  const { body: log } = await page.send('GET /audit?limit=1');
  assert.partialDeepStrictEqual(log.items, [{ event: 'session_revealed', caller: 'admin' }]);
  assert.deepEqual(log.chain, { status: 'whole', lines: 1 });
  const { body: before } = await page.send(`GET /audit?before=${log.next_cursor}`);
  assert.deepEqual(
    before.items.map(({ event }: { event: string }) => event),
    ['console_signed_in'],
  );
  for (const query of ['limit=0', 'limit=x', 'before=x', 'before=999999']) {
    assert.equal((await page.send(`GET /audit?${query}`)).status, 400, query);
  }
});

test('a session that is ended in the console names the key; a caller cannot', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  await page.signIn('write');
  const { id } = await opened(page);
  assert.equal((await page.send(`POST /v2/sessions/${id}/close`, { reason: 'revoked' })).body.closed_by, 'key:write');
  assert.equal((await page.send(`POST /v2/sessions/${id}/close`, { by: 'key:admin' })).status, 400);
});

test('[N-06] the change stream of a console ends at once with its session', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  await page.signIn();
  const headers = { cookie: page.cookieNow(), origin: page.url };
  const signal = AbortSignal.timeout(10_000);
  const stream = await fetch(`${page.url}/console/api/v2/changes`, { headers, signal });
  assert.equal(stream.status, 200);
  const isCutOff = stream.text().then(
    () => true,
    () => !signal.aborted,
  );
  await page.send('POST /sign-out');
  assert.equal(await isCutOff, true);
});

test('[N-06] requests that a page repeats by itself do not count as activity', async (t) => {
  const page = await startConsole({ settings: { touch_interval_ms: 0 } });
  t.after(page.stop);
  await page.signIn();
  page.clock.advance(1_000_000);
  assert.equal((await page.send('GET /me')).status, 200);
  await page.sessions.settled();
  page.clock.advance(1_000_000);
  assert.equal((await page.send('GET /health', undefined, { 'sessions-background': '1' })).status, 200);
  await page.sessions.settled();
  page.clock.advance(1_000_000);
  assert.equal((await page.send('GET /me')).status, 204);
});

test('a service without keys needs no sign-in, and says so', async (t) => {
  const page = await startConsole({ keys: [] });
  t.after(page.stop);
  assert.partialDeepStrictEqual((await page.send('GET /me')).body, { key: null, scope: 'admin', open: true });
  assert.equal((await page.send('GET /v2/stats')).status, 200);
  assert.equal((await page.send('GET /v2/stats', undefined, { origin: 'https://evil.example' })).status, 403);
});

test('the node has its figures, and hours have sessions and rejected requests', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  await page.signIn();
  const { body } = await page.send('GET /health');
  assert.partialDeepStrictEqual(body, {
    status: 'ok',
    reason: null,
    node: { live: 1, listeners: 0, feed_gaps: 0, sweep_interval_s: 900, version: '1.2.3' },
  });
  const [hour] = (await page.send('GET /hours')).body.items;
  assert.partialDeepStrictEqual(hour, { opened: 2, closed: { revoked: 1 }, refused: null });
});

test('the first page leads browsers to the console, and shows links to programs', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  const get = (accept: string) => fetch(page.url, { headers: { accept }, redirect: 'manual' });
  assert.equal((await get('text/html,*/*;q=0.8')).headers.get('location'), 'console/');
  const links = ((await (await get('*/*')).json()) as { links: Record<string, string> }).links;
  assert.partialDeepStrictEqual(links, { openapi: '/openapi.json', docs: '/docs', console: '/console/' });
  const without = await startTestServer();
  t.after(without.stop);
  const { headers } = await fetch(without.url, { headers: { accept: 'text/html' }, redirect: 'manual' });
  assert.equal(headers.get('location'), 'docs');
  assert.equal((await fetch(`${without.url}/console/`)).status, 404);
});

test('pages of the console load nothing from elsewhere, and no other page shows them', async (t) => {
  const page = await startConsole();
  t.after(page.stop);
  const { headers, status } = await fetch(`${page.url}/console/sessions`);
  if (status === 404) return;
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
});
