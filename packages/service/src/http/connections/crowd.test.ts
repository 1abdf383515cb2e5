import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { closedSocket, connectRaw, get } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import type { HttpBounds } from '../bounds.ts';
import { Connection } from './connection.ts';
import { Crowd } from './crowd.ts';

async function serve(t: TestContext, bounds: Partial<HttpBounds>) {
  const server = await startTestServer({ bounds });
  t.after(server.stop);
  return server;
}

test('[B-07] an address gets at most its share of the connections', async (t) => {
  const { url, log } = await serve(t, { connections_max: 8, caller_share: 0.25 });
  const first = await connectRaw(url, { from: '127.0.0.2' });
  const second = await connectRaw(url, { from: '127.0.0.2' });
  // The connection may be reset before it is reported as open.
  const third = await connectRaw(url, { from: '127.0.0.2' }).catch(() => null);
  assert.equal(await (third?.closed ?? ''), '');
  assert.equal(log.at(-1)?.event, 'connection_refused');
  const other = await connectRaw(url, { from: '127.0.0.3' });
  for (const { socket } of [first, second, other]) socket.write(get('/livez'));
  for (const connection of [first, second, other]) await connection.until(/^HTTP\/1\.1 200 /);
  for (const { socket } of [first, second, other]) socket.destroy();
});

test('an address may open another connection after it has closed one', async (t) => {
  const { url } = await serve(t, { connections_max: 4, caller_share: 0.25 });
  for (let n = 0; n < 10; n += 1) {
    const connection = await connectRaw(url);
    connection.socket.write(get('/livez', 'host: localhost\r\nconnection: close\r\n'));
    assert.match(await connection.closed, /^HTTP\/1\.1 200 /);
  }
});

/** A crowd with one connection more than its limit. */
function full() {
  const crowd = new Crowd(2);
  const cut: Connection[] = [];
  const events = {
    ended: (connection: Connection) => void crowd.members.delete(connection),
    cut: (connection: Connection) => void cut.push(connection),
    lingers: () => {},
    hold: () => true,
    release: () => {},
  };
  const enter = (now: number) => {
    const connection = new Connection(closedSocket(), `peer ${now}`, '192.0.2.1', '192.0.2.1', now, events);
    crowd.members.add(connection);
    return connection;
  };
  return { crowd, cut, enter };
}

test('[B-07] a new connection replaces the one that has been idle for longest', () => {
  const { crowd, cut, enter } = full();
  const [first, second] = [enter(0), enter(1)];
  assert.equal(crowd.hasRoom(999), false);
  assert.equal(crowd.hasRoom(1_099), true);
  assert.deepEqual(cut, [first]);
  assert.deepEqual([...crowd.members], [second]);
});

test('a connection with a request stays for five seconds, a change stream always', () => {
  const { crowd, cut, enter } = full();
  const [busy, listening] = [enter(0), enter(0)];
  busy.requests = 1;
  listening.requests = 1;
  listening.isListening = true;
  assert.equal(crowd.hasRoom(4_999), false);
  assert.equal(crowd.hasRoom(5_099), true);
  assert.deepEqual(cut, [busy]);
  enter(5_100);
  assert.equal(crowd.hasRoom(6_000), false);
});
