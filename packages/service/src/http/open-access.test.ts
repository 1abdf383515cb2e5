import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { startTestServer, type TestServerOptions } from '../../../../testing/http/test-server.ts';
import { COMMANDS } from '../api/v1/commands.ts';
import { CHANGES_ROUTE } from '../api/v2/changes-route.ts';
import { ROUTES } from '../api/v2/routes.ts';
import { newApiKey, parseApiKey } from './authentication/api-keys.ts';
import { type Provenance, rejectionReasonOf } from './open-access.ts';

const RULES = {
  hosts: ['sessions.internal', '*.cluster.local', '10.0.0.9'],
  origins: new Set(['https://app.example']),
  protocol: 'http',
} as const;
const PLAIN: Provenance = {
  host: '127.0.0.1:8080',
  target: '/v2/stats',
  origin: undefined,
  site: undefined,
  local_address: '127.0.0.1',
};

function refusal(request: Partial<Provenance>): 'host' | 'origin' | null {
  return rejectionReasonOf({ ...PLAIN, ...request }, RULES);
}

test('[K-07] without keys, the Host header must be a loopback name or an allowed host', () => {
  const allowed = `localhost LOCALHOST:8080 app.localhost a.b.localhost:1 127.0.0.1 127.9.8.7:80 [::1] [::1]:8080
    sessions.internal Sessions.Internal:8080 a.cluster.local a.b.cluster.local:80 10.0.0.9:8080`;
  for (const host of allowed.split(/\s+/)) assert.equal(refusal({ host }), null, host);
  const refused = `attacker.example attacker.example:8080 localhost.attacker.example 127.0.0.1.attacker.example
    notlocalhost 127.0.0.1: .localhost localhost. localhost@attacker.example localhost:8080:80 localhost:x localhost/ 127.1 2130706433
    0.0.0.0 10.0.0.8 128.0.0.1 [::2] ::1 [::1 [localhost] localhost,attacker.example sub.sessions.internal
    cluster.local xcluster.local *.cluster.local`;
  for (const host of [...refused.split(/\s+/), '', ' ', 'localhost attacker.example', undefined]) {
    assert.equal(refusal({ host }), 'host', String(host));
  }
});

test('the local address of a connection is an allowed host', () => {
  const cases: [string, string, 'host' | null][] = [
    ['192.168.1.5:8080', '192.168.1.5', null],
    ['192.168.1.5', '::ffff:192.168.1.5', null],
    ['[fd00::5]:8080', 'fd00::5', null],
    ['192.168.1.6', '192.168.1.5', 'host'],
    ['[fd00::6]', 'fd00::5', 'host'],
    ['attacker.example', '192.168.1.5', 'host'],
  ];
  for (const [host, local_address, expected] of cases) {
    assert.equal(refusal({ host, local_address }), expected, `${host} at ${local_address}`);
  }
});

test('a request with a whole URL must have an allowed host in it too', () => {
  const cases: [string, 'host' | null][] = [
    ['http://127.0.0.1:8080/v2/stats', null],
    ['http://attacker.example/v2/stats', 'host'],
    ['attacker.example/v2/stats', 'host'],
    ['*', null],
  ];
  for (const [target, expected] of cases) assert.equal(refusal({ target }), expected, target);
});

test("[K-07] without keys, a page needs the service's own origin or an allowed one", () => {
  const cases: [string | undefined, string | undefined, 'origin' | null][] = [
    [undefined, undefined, null],
    [undefined, 'none', null],
    [undefined, 'same-origin', null],
    [undefined, 'cross-site', 'origin'],
    [undefined, 'same-site', 'origin'],
    [undefined, 'cross-site,none', 'origin'],
    [undefined, '', 'origin'],
    ['http://127.0.0.1:8080', 'same-origin', null],
    ['http://127.0.0.1:8080', undefined, null],
    ['http://127.0.0.1:8080', 'cross-site', 'origin'],
    ['https://127.0.0.1:8080', undefined, 'origin'],
    ['http://127.0.0.1:3000', 'same-site', 'origin'],
    ['http://127.0.0.1:3000', undefined, 'origin'],
    ['http://127.0.0.1:3000', 'same-origin', 'origin'],
    ['https://app.example', 'cross-site', null],
    ['https://app.example', undefined, null],
    ['https://app.example.attacker.example', undefined, 'origin'],
    ['https://app.example, https://attacker.example', undefined, 'origin'],
    ['null', 'cross-site', 'origin'],
    ['', undefined, 'origin'],
  ];
  for (const [origin, site, expected] of cases) assert.equal(refusal({ origin, site }), expected, `${origin} ${site}`);
});

const LINES = [
  ...ROUTES.map(({ method, path }) => `${method} ${path.replace('{id}', 'x')}`),
  `${CHANGES_ROUTE.method} ${CHANGES_ROUTE.path}`,
  ...COMMANDS.map(({ name }) => `POST /v1/sessions/${name}`),
  'POST /v1/session%73/open_session',
  ...['/docs', '/docs/page.js', '/openapi.json', '/swagger', '/v1/sessions/swagger'].map((path) => `GET ${path}`),
  ...['/livez', '/readyz', '/heartbeat', '/status', '/', '/nothing'].map((path) => `GET ${path}`),
  'OPTIONS /v2/sessions',
  'HEAD /docs',
];
const STRANGERS = [
  { host: 'attacker.example:8080' },
  { origin: 'https://attacker.example' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
];

test('[K-07] without keys, every path rejects foreign hosts and origins', async (t) => {
  const { url, sessions, log } = await start(t);
  for (const line of LINES) {
    for (const headers of STRANGERS) {
      const { status, body } = await send(url, line, headers);
      assert.equal(status, 403, `${line} ${JSON.stringify(headers)}`);
      if (line.startsWith('HEAD')) continue;
      const text = JSON.stringify(body);
      assert.match(text, 'host' in headers ? /SESSIONS_ALLOWED_HOSTS/ : /SESSIONS_CORS_ORIGINS/, line);
      assert.equal('title' in (body as object), line.includes(' /v2/'), line);
    }
  }
  assert.equal(await sessions.count({}), 0);
  const warned = log.filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warned.map(({ event, reason }) => [event, reason]),
    [['page_refused', 'host']],
    'rejected requests cause one line a second',
  );
});

test('[O-01] without keys, only own pages, allowed origins and hosts may call', async (t) => {
  const { url, send: opened } = await start(t, { cors_origins: ['https://app.example'], allowed_hosts: ['sessions'] });
  const own = { origin: url, 'sec-fetch-site': 'same-origin' };
  const allowed = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' };
  for (const headers of [{}, own, allowed, { host: 'sessions' }, { host: 'SESSIONS:80' }, { host: 'localhost' }]) {
    assert.equal(await opened(headers), 201, JSON.stringify(headers));
    assert.equal((await send(url, 'GET /docs', headers)).status, 200, JSON.stringify(headers));
  }
  // An allowed host does not allow a page of another origin.
  assert.equal(await opened({ host: 'localhost', origin: 'https://attacker.example' }), 403);
});

test('with keys, callers may use any host name, except for an open API v1', async (t) => {
  const { key, configured } = newApiKey('all', 'admin');
  const v1 = { base: '/v1/sessions', needs_key: false, swagger: true };
  const keys = [parseApiKey(configured)];
  const { url } = await start(t, { keys, v1 });
  const closed = await start(t, { keys });
  for (const headers of STRANGERS) {
    const withKey = { ...headers, authorization: `Bearer ${key}` };
    assert.equal((await send(url, 'GET /v2/stats', withKey)).status, 200);
    for (const path of ['/v1/sessions/get_sessions', '/v1/session%73/get_sessions']) {
      assert.equal((await send(url, `POST ${path}`, headers)).status, 403, path);
    }
    assert.equal((await send(closed.url, 'POST /v1/sessions/get_sessions', withKey)).status, 200);
  }
  assert.equal((await send(url, 'POST /v1/sessions/get_sessions')).status, 200);
});

async function start(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  t.after(server.stop);
  return {
    ...server,
    send: async (headers: Headers) =>
      (
        await send(
          server.url,
          'POST /v2/sessions',
          { 'content-type': 'application/json', ...headers },
          '{"user_id":"u"}',
        )
      ).status,
  };
}

type Headers = Readonly<Record<string, string>>;

/** Sends headers that `fetch` would set itself. */
async function send(url: string, line: string, headers: Headers = {}, body?: string) {
  const [method = '', path = ''] = line.split(' ');
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, method, path, headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const isJson = method !== 'HEAD' && /json/.test(response.headers['content-type'] ?? '');
  const content: unknown = isJson ? await json(response) : response.resume();
  return { status: response.statusCode as number, body: content };
}
