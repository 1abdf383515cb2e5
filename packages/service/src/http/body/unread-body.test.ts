import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connectRaw, post } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { newApiKey, parseApiKey } from '../authentication/api-keys.ts';

const { key, configured } = newApiKey('app', 'validate');
const BODY_BYTES = 8_000_000;
/** The timeout for data that does not arrive. */
const BOUND = { timeout: 20_000 };

async function serve(t: TestContext) {
  const bounds = { linger_timeout_ms: 50, check_interval_ms: 5 };
  const server = await startTestServer({ keys: [parseApiKey(configured)], bounds });
  t.after(server.stop);
  return server;
}

/** The service's sockets of the connections of a test. */
function socketsOf(t: TestContext): Socket[] {
  const sockets: Socket[] = [];
  const collect = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket);
  subscribe('http.server.request.start', collect);
  t.after(() => unsubscribe('http.server.request.start', collect));
  return sockets;
}

const JSON_TYPE = 'content-type: application/json';
const KEY = `authorization: Bearer ${key}`;

for (const [status, line, headers] of [
  [401, 'POST /v2/sessions', [JSON_TYPE]],
  [403, 'POST /v2/sessions', [JSON_TYPE, KEY]],
  [404, 'POST /none', [JSON_TYPE]],
  [404, 'POST /v2/none', [JSON_TYPE, KEY]],
  [405, 'PUT /livez', [JSON_TYPE]],
  [405, 'PUT /v2/sessions', [JSON_TYPE, KEY]],
  [413, 'POST /v2/sessions/validate', [JSON_TYPE, KEY]],
  [413, 'GET /livez', [JSON_TYPE]],
  [413, 'GET /v2/changes', [JSON_TYPE, KEY]],
  [415, 'POST /v2/sessions/validate', ['content-type: text/plain', KEY]],
  [401, 'POST /v1/sessions/open_session', [JSON_TYPE]],
] as const) {
  test(`[B-10] the body of a rejected request is not read: ${status} for ${line}`, async (t) => {
    const { url } = await serve(t);
    const sockets = socketsOf(t);
    const client = await connectRaw(url);
    const head = [`${line} HTTP/1.1`, 'host: localhost', ...headers, `content-length: ${BODY_BYTES}`];
    client.socket.write(`${head.join('\r\n')}\r\n\r\n`);
    client.socket.write(Buffer.alloc(BODY_BYTES, 'x'));
    const response = await client.closed;
    assert.match(response, new RegExp(`^HTTP/1\\.1 ${status} .*^connection: close\r$`, 'ims'));
    const [socket] = sockets;
    assert.ok(socket && socket.bytesRead < 300_000, `${socket?.bytesRead} bytes were read`);
  });
}

test('[B-04] [B-10] a chunked body is read only up to the limit of its route', BOUND, async (t) => {
  const { url } = await serve(t);
  const sockets = socketsOf(t);
  const client = await connectRaw(url);
  client.socket.write(post('/v2/sessions/validate', 'chunked').replace('\r\n\r\n', `\r\n${KEY}\r\n\r\n`));
  const piece = `10000\r\n${' '.repeat(65_536)}\r\n`;
  client.socket.write(piece.repeat(Math.floor(BODY_BYTES / 65_536)));
  assert.match(await client.closed, /^HTTP\/1\.1 413 .*^connection: close\r$/ims);
  const [socket] = sockets;
  assert.ok(socket && socket.bytesRead < 400_000, `${socket?.bytesRead} bytes were read`);
});

test('a rejected request with a small body keeps its connection open', async (t) => {
  const { url } = await serve(t);
  const client = await connectRaw(url);
  const body = `POST /none HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\n\r\nabc`;
  for (let n = 0; n < 3; n += 1) {
    client.socket.write(body);
    await client.until(/404/);
    client.take();
  }
  client.socket.destroy();
});

test('a client that expects 100-continue gets it only if the body is read', async (t) => {
  const { url } = await serve(t);
  const head = (line: string, more = '') =>
    `${line} HTTP/1.1\r\nhost: localhost\r\n${JSON_TYPE}\r\n${more}expect: 100-continue\r\ncontent-length: 13\r\n\r\n`;
  const refused = await connectRaw(url);
  refused.socket.write(head('POST /v2/sessions/validate'));
  await refused.until(/\r\n\r\n/);
  assert.match(refused.received, /^HTTP\/1\.1 401 /);
  const taken = await connectRaw(url);
  taken.socket.write(head('POST /v2/sessions/validate', `${KEY}\r\n`));
  await taken.until(/^HTTP\/1\.1 100 /);
  taken.socket.write('{"token":"x"}');
  await taken.until(/HTTP\/1\.1 200 /);
  for (const { socket } of [refused, taken]) socket.destroy();
});
