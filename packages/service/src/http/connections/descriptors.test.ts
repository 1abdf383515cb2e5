import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connectRaw } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';

const CONNECTIONS = 20;
/** More data than one read of the server, after a header that no parser accepts. */
const MALFORMED = `POST /v2/sessions HTTP/1.1\r\nhost: localhost\r\nx: \u0001\r\ncontent-length: 70000\r\n\r\n${'x'.repeat(70_000)}`;
const POLL_MS = 10;
const POLLS_MAX = 200;

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('a malformed request with a long body leaves no socket open', async (t) => {
  const server = await startTestServer({ bounds: { linger_timeout_ms: 10, check_interval_ms: 5 } });
  t.after(server.stop);
  const before = openSockets();
  for (let n = 0; n < CONNECTIONS; n += 1) {
    const client = await connectRaw(server.url);
    client.socket.write(MALFORMED);
    client.socket.once('data', () => client.socket.destroy());
    await client.closed;
  }
  for (let poll = 0; poll < POLLS_MAX && openSockets() > before; poll += 1) await delay(POLL_MS);
  assert.equal(openSockets(), before);
});
