import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connectRaw, get, post, RawConnection } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer, type TestServer } from '../../../../../testing/http/test-server.ts';
import type { HttpBounds } from '../bounds.ts';

const pem = (name: string) =>
  readFileSync(new URL(`../../../../../testing/certificates/localhost.${name}.pem`, import.meta.url), 'utf8');
const TLS = { key: pem('key'), cert: pem('crt') };
const LONG_MS = 600_000;
/** No timeouts except those of a test. */
const BOUNDS: Partial<HttpBounds> = {
  handshake_timeout_ms: LONG_MS,
  head_timeout_ms: LONG_MS,
  request_timeout_ms: LONG_MS,
  response_timeout_ms: LONG_MS,
  idle_timeout_ms: LONG_MS,
  check_interval_ms: 5,
};
/** The beginning of a TLS 1.2 record with a ClientHello of 512 bytes. */
const HALF_RECORD = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252]);
/** More than the operating systems of both sides buffer for a client that does not read. */
const UNREAD = get('/docs/swagger-ui-bundle.js').repeat(16);

async function serve(t: TestContext, bounds: Partial<HttpBounds>, tls = false): Promise<TestServer> {
  const server = await startTestServer({ bounds: { ...BOUNDS, ...bounds }, ...(tls && { tls: TLS }) });
  t.after(server.stop);
  return server;
}

/** A TCP connection to a TLS server. */
async function connectSilently(url: string, bytes = Buffer.alloc(0)): Promise<RawConnection> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return new RawConnection(socket);
}

for (const [what, bytes] of [
  ['is silent', Buffer.alloc(0)],
  ['sends half a record', HALF_RECORD],
] as const) {
  test(`[B-09] the handshake timeout disconnects a TLS client that ${what}`, async (t) => {
    const { url, log } = await serve(t, { handshake_timeout_ms: 30 }, true);
    const client = await connectSilently(url, bytes);
    assert.equal(await client.closed, '');
    const { event, reason } = log.at(-1) ?? {};
    assert.deepEqual([event, reason], ['connection_cut', 'handshake_timeout']);
  });
}

for (const tls of [false, true]) {
  const kind = tls ? 'TLS' : 'plain';

  test(`[B-09] the response timeout disconnects a ${kind} client that does not read`, async (t) => {
    const { url, log } = await serve(t, { response_timeout_ms: 60 }, tls);
    const client = await connectRaw(url, { tls });
    client.socket.pause().write(UNREAD);
    while (!log.some(({ reason }) => reason === 'response_timeout'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    client.socket.resume();
    await client.closed;
  });

  test(`a ${kind} client that sends nothing is disconnected without a response`, async (t) => {
    const { url } = await serve(t, { head_timeout_ms: 30 }, tls);
    assert.equal(await (await connectRaw(url, { tls })).closed, '');
  });

  test(`[B-09] the header timeout disconnects a ${kind} client that sends half a header`, async (t) => {
    const { url } = await serve(t, { head_timeout_ms: 30, linger_timeout_ms: 10 }, tls);
    const client = await connectRaw(url, { tls });
    client.socket.write('GET / HTTP/1.1\r\nhost:');
    assert.match(await client.closed, /^HTTP\/1\.1 408 /);
  });

  test(`[B-09] the request timeout disconnects a ${kind} client that sends half a body`, async (t) => {
    const { url } = await serve(t, { head_timeout_ms: 30, request_timeout_ms: 30, linger_timeout_ms: 10 }, tls);
    const client = await connectRaw(url, { tls });
    client.socket.write(`${post('/v2/sessions', 100)}{"user_id"`);
    assert.match(await client.closed, /^HTTP\/1\.1 408 .*REQUEST_TIMEOUT/s);
  });

  test(`[B-09] the idle timeout disconnects a ${kind} client that sends no other request`, async (t) => {
    const { url } = await serve(t, { idle_timeout_ms: 30 }, tls);
    const client = await connectRaw(url, { tls });
    client.socket.write(get('/livez'));
    assert.match(await client.closed, /^HTTP\/1\.1 200 /);
  });

  test(`a ${kind} client that does not read does not delay the end of the service`, async () => {
    const bounds = { ...BOUNDS, request_timeout_ms: 60, head_timeout_ms: 60 };
    const server = await startTestServer({ bounds, ...(tls && { tls: TLS }) });
    const reader = await connectRaw(server.url, { tls });
    reader.socket.pause().write(UNREAD);
    const follower = await connectRaw(server.url, { tls });
    follower.socket.write(get('/v2/changes'));
    await follower.until(/event: gap/);
    await server.stop();
    reader.socket.destroy();
  });
}

test('[B-09] silent TLS clients do not delay the shutdown of the service', async () => {
  const bounds = { ...BOUNDS, request_timeout_ms: 60, head_timeout_ms: 60 };
  const server = await startTestServer({ bounds, tls: TLS });
  await connectSilently(server.url);
  await connectSilently(server.url, HALF_RECORD);
  await server.stop();
});
