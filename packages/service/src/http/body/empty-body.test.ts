import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectRaw } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';

async function serve(t: TestContext) {
  const { url, sessions, stop } = await startTestServer({ bounds: { linger_timeout_ms: 5, check_interval_ms: 5 } });
  t.after(stop);
  const { session } = await sessions.openWithToken({ user_id: 'u' }, null);
  /** Sends a request with a chunked body and returns the status of the response. */
  const send = async (line: string, chunks: string, type?: string) => {
    const connection = await connectRaw(url);
    const headers = ['host: localhost', 'connection: close', 'transfer-encoding: chunked'];
    if (type !== undefined) headers.push(`content-type: ${type}`);
    connection.socket.write(`${line} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${chunks}`);
    return Number((await connection.closed).slice(9, 12));
  };
  return { send, session };
}

const EMPTY = '0\r\n\r\n';

test('an empty chunked body, as proxies send it, counts as no body on every path', async (t) => {
  const { send, session } = await serve(t);
  for (const line of ['GET /livez', 'HEAD /livez', 'GET /v2/stats', 'GET /docs', 'POST /v1/sessions/get_sessions']) {
    assert.equal(await send(line, EMPTY), 200, line);
  }
  assert.equal(await send(`POST /v2/sessions/${session.id}/touch`, EMPTY), 200);
  assert.equal(await send(`POST /v2/sessions/${session.id}/close`, EMPTY, 'text/plain'), 200);
  assert.equal(await send(`DELETE /v2/sessions/${session.id}`, EMPTY), 200);
  assert.equal(await send('GET /nothing', EMPTY), 404);
});

test('a chunked body of another type is rejected; an unneeded one is discarded', async (t) => {
  const { send, session } = await serve(t);
  assert.equal(await send(`POST /v2/sessions/${session.id}/close`, `1\r\nx\r\n${EMPTY}`, 'text/plain'), 415);
  assert.equal(await send('GET /v2/stats', `1\r\nx\r\n${EMPTY}`), 200);
  assert.equal(await send('GET /v2/stats', `5000\r\n${'x'.repeat(0x5000)}\r\n${EMPTY}`), 413);
});
