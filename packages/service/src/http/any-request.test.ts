import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { type TestContext, test } from 'node:test';
import { connectRaw, get, type RawConnection } from '../../../../testing/http/raw-connection.ts';
import { startTestServer, type TestServerOptions } from '../../../../testing/http/test-server.ts';
import { COMMANDS } from '../api/v1/commands.ts';
import { newApiKey, parseApiKey } from './authentication/api-keys.ts';
import { v2Paths } from './v2/router.ts';

const PATHS = [
  ...['/', '/livez', '/readyz', '/heartbeat', '/status', '/openapi.json', '/docs', '/docs/page.css', '/docs/x'],
  ...['/swagger', '/v1/sessions/swagger', ...COMMANDS.map(({ name }) => `/v1/sessions/${name}`), '/v1/sessions/x'],
  ...v2Paths().map((path) => path.replace('{id}', 'x')),
  ...['*', '//', '/%', '/%ff', '/v2/', '/v2/sessions/', '/v2/sessions/%/data', '/__proto__', '/constructor'],
  ...['/v2/sessions?limit=x&__proto__=1', '/livez?%', 'http://a/livez', '/x'.repeat(2_000)],
];

/** The headers of a body, and the part of the body that is sent. */
type Body = readonly [headers: string, bytes: string];

const json = (bytes: string, more = ''): Body => [
  `content-type: application/json\r\n${more}content-length: ${bytes.length}\r\n`,
  bytes,
];

const BODIES: Readonly<Record<string, Body>> = {
  none: ['', ''],
  'bad JSON': json('{"a":'),
  'an empty body': json(''),
  'a body of 2 MB': ['content-type: application/json\r\ncontent-length: 2000000\r\n', '"x'],
  'a member __proto__': json('{"__proto__":{"a":1}}'),
  'an escaped __proto__': json('{"__pr\\u006fto__":{"a":1}}'),
  'a list of lists': json('['.repeat(400)),
  'no UTF-8': json('"\xff"'),
  'another type': ['content-type: text/plain\r\ncontent-length: 1\r\n', 'x'],
  'no type': ['content-length: 1\r\n', 'x'],
  'another encoding': json('{}', 'content-encoding: gzip\r\n'),
  'a chunked body': ['content-type: application/json\r\ntransfer-encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'],
};

async function serve(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer({ bounds: { linger_timeout_ms: 5, check_interval_ms: 5 }, ...options });
  t.after(server.stop);
  return server;
}

/** Sends requests one after the other, on one connection if the service keeps it open. */
class Client {
  readonly #url: string;
  #connection: RawConnection | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  /** Returns the head of the response. */
  async send(request: string): Promise<string> {
    this.#connection ??= await connectRaw(this.#url);
    const connection = this.#connection;
    connection.socket.write(request, 'latin1');
    await connection.until(/\r\n\r\n/);
    const [head = ''] = connection.received.split('\r\n\r\n', 1);
    const length = /^content-length: (\d+)/m.exec(head)?.[1];
    if (length === undefined || /^connection: close/im.test(head)) this.close();
    else {
      const bytes = request.startsWith('HEAD ') ? 0 : Number(length);
      await connection.until(new RegExp(`\r\n\r\n.{${bytes}}`, 's'));
      connection.take();
    }
    return head;
  }

  close(): void {
    this.#connection?.socket.destroy();
    this.#connection = null;
  }
}

/** Sends a request on a new connection and returns the head of the response. */
async function headOf(url: string, request: string): Promise<string> {
  const client = new Client(url);
  const head = await client.send(request);
  client.close();
  return head;
}

// CONNECT requests a tunnel, which the service rejects.
const ALL_METHODS = METHODS.filter((method) => method !== 'CONNECT');
const KEY = parseApiKey(newApiKey('app', 'admin').configured);

for (const [name, options, methods, paths] of [
  [
    'every method',
    {},
    ALL_METHODS,
    ['/', '/livez', '/docs', '/v1/sessions/open_session', '/v2/sessions', '/v2/x', '*'],
  ],
  ['every path', {}, ['GET', 'POST', 'PUT', 'OPTIONS', 'QUERY'], PATHS],
  ['every path, without the key that it needs', { keys: [KEY] }, ['GET', 'POST'], PATHS],
] as const) {
  test(`[B-05] no request gets a 5xx response, whatever its body: ${name}`, async (t) => {
    const { url, log } = await serve(t, options);
    const client = new Client(url);
    for (const method of methods) {
      for (const path of paths) {
        for (const [body, [headers, bytes]] of Object.entries(BODIES)) {
          const head = await client.send(`${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n${bytes}`);
          const about = `${method} ${path.slice(0, 40)} with ${body}`;
          assert.match(head, /^HTTP\/1\.1 [24]\d\d /, about);
          assert.match(head, /^x-content-type-options: nosniff\r$/m, about);
        }
      }
    }
    client.close();
    assert.deepEqual(
      log.filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
    );
  });
}

test('[B-05] 10,000 bad requests log a few lines, which count the others', async (t) => {
  const { url, log } = await serve(t);
  const client = await connectRaw(url);
  for (let rest = 10_000; rest > 0; rest -= 10) {
    client.socket.write(get('/none').repeat(10));
    await client.until(/(?:does not exist.*){10}/s);
    client.take();
  }
  assert.ok(log.length < 10, `${log.length} lines`);
  client.socket.destroy();
});

test('[ASVS-16.3] invented tokens log one warning a second for each caller', async (t) => {
  const { url, log } = await serve(t);
  for (let n = 0; n < 50; n += 1) {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ token: `invented-${n}` });
    const response = await fetch(`${url}/v2/sessions/validate`, { method: 'POST', headers, body });
    assert.equal(response.status, 200);
  }
  const lines = log.filter(({ event }) => event === 'unknown_token');
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['warn'],
  );
});

test('[B-11] a request must have exactly one Host header', async (t) => {
  const { url } = await serve(t);
  for (const [hosts, status] of [
    ['', 400],
    ['host: localhost\r\nhost: localhost\r\n', 400],
    ['host: localhost\r\nHOST: b\r\n', 400],
    ['host:\r\nhost: b\r\n', 400],
    ['host: a b\r\n', 400],
    ['host: localhost\r\n', 200],
    // This service requires no key, so it accepts only host names of this machine.
    ['host:\r\n', 403],
  ] as const) {
    assert.match(await headOf(url, get('/livez', hosts)), new RegExp(`^HTTP/1\\.1 ${status} `), hosts);
  }
  assert.match(await headOf(url, 'GET /livez HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 403 /);
});

test('a request may have at most a hundred headers', async (t) => {
  const { url } = await serve(t);
  const headers = (count: number) => `host: localhost\r\n${'x: y\r\n'.repeat(count - 1)}`;
  assert.match(await headOf(url, get('/livez', headers(100))), /^HTTP\/1\.1 200 /);
  assert.match(await headOf(url, get('/livez', headers(101))), /^HTTP\/1\.1 431 /);
});
