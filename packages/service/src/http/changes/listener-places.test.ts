import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRaw, get } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { newApiKey, parseApiKey } from '../authentication/api-keys.ts';
import { ListenerPlaces } from './listener-places.ts';

const FULL = { code: 'TOO_MANY_REQUESTS', headers: { 'retry-after': '5' } };

test('a key and an address each have a share of the places, and can reuse freed ones', () => {
  const places = new ListenerPlaces(5, 2);
  places.take(['key a', 'address 1']);
  places.take(['key a', 'address 2']);
  assert.throws(() => places.take(['key a', 'address 3']), { ...FULL, message: /^key a has 2 change streams open/ });
  places.take(['key b', 'address 1']);
  assert.throws(() => places.take(['key c', 'address 1']), {
    ...FULL,
    message: /^address 1 has 2 change streams open/,
  });
  places.take(['key c', 'address 3']);
  places.take(['key c', 'address 4']);
  assert.throws(() => places.take(['key d', 'address 5']), { ...FULL, message: /^5 change streams are open/ });
  places.free(['key a', 'address 1']);
  places.take(['key a', 'address 1']);
});

test('[M-09] listeners of one key leave places for other keys', async (t) => {
  const [first, second] = [newApiKey('first', 'validate'), newApiKey('second', 'validate')];
  const keys = [first, second].map(({ configured }) => parseApiKey(configured));
  // A caller may have two listeners, and an address twenty connections.
  const { url, stop } = await startTestServer({ keys, bounds: { caller_share: 0.0004, connections_max: 50_000 } });
  t.after(stop);
  const follow = async (key: string, from: string) => {
    const connection = await connectRaw(url, { from });
    connection.socket.write(get('/v2/changes', `host: localhost\r\nauthorization: Bearer ${key}\r\n`));
    await connection.until(/event: gap|"code"/);
    return connection;
  };
  const listeners = [await follow(first.key, '127.0.0.2'), await follow(first.key, '127.0.0.3')];
  const refused = await follow(first.key, '127.0.0.4');
  assert.match(refused.received, /^HTTP\/1\.1 429 .*The API key first has 2 change streams open/s);
  const other = await follow(second.key, '127.0.0.2');
  assert.match(other.received, /^HTTP\/1\.1 200 /);
  for (const { socket } of [...listeners, refused, other]) socket.destroy();
});
