import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { closedSocket, connectRaw, post } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { Connection } from '../connections/connection.ts';
import { UnfinishedBody } from './unfinished-body.ts';

/** A body of a connection that may have that many bytes in memory. */
function bodyWithRoom(room: number, bytes_max = 1_000_000) {
  let held = 0;
  const socket = closedSocket();
  const events = {
    ended: () => {},
    cut: () => {},
    lingers: () => {},
    hold: (_: Connection, bytes: number) => {
      held += bytes;
      return held <= room;
    },
    release: (_: Connection, bytes: number) => {
      held -= bytes;
    },
  };
  new Connection(socket, 'peer', '192.0.2.1', '192.0.2.1', 0, events).speaksHttpOn(socket);
  return { body: new UnfinishedBody({ socket } as IncomingMessage, bytes_max), held: () => held };
}

test('a body in chunks of one byte is one buffer of at most twice its size', () => {
  const { body, held } = bodyWithRoom(1_000_000);
  const text = Array.from({ length: 100_000 }, (_, n) => String.fromCharCode(97 + (n % 26))).join('');
  for (const char of text) body.add(Buffer.from(char));
  assert.ok(held() >= text.length && held() <= 2 * text.length, `${held()}`);
  assert.equal(body.finish().toString(), text);
  assert.equal(held(), 0);
});

test('a body that is too large, or for which no memory is left, is rejected', () => {
  const small = bodyWithRoom(1_000_000, 10);
  small.body.add(Buffer.alloc(10));
  assert.throws(() => small.body.add(Buffer.alloc(1)), { code: 'BODY_TOO_LARGE' });
  const crowded = bodyWithRoom(10_000);
  crowded.body.add(Buffer.alloc(8_000));
  assert.throws(() => crowded.body.add(Buffer.alloc(8_000)), {
    code: 'TOO_MANY_REQUESTS',
    headers: { 'retry-after': '1' },
  });
});

test('[B-07] unfinished bodies of one address leave memory for other addresses', async (t) => {
  const server = await startTestServer({ bounds: { held_bytes_max: 400_000 } });
  t.after(server.stop);
  const start = `${post('/v2/sessions', 900_000)}${' '.repeat(60_000)}`;
  const attackers = await Promise.all(Array.from({ length: 8 }, () => connectRaw(server.url, { from: '127.0.0.2' })));
  for (const { socket } of attackers) socket.write(start);
  await Promise.race(attackers.map((attacker) => attacker.until(/^HTTP\/1\.1 429 .*retry-after: 1/ims)));
  const client = await connectRaw(server.url);
  const text = JSON.stringify({ user_id: 'u', data: 'x'.repeat(60_000) });
  client.socket.write(post('/v2/sessions', text.length) + text.slice(0, 50_000));
  client.socket.write(text.slice(50_000));
  await client.until(/^HTTP\/1\.1 201 /);
  for (const { socket } of [client, ...attackers]) socket.destroy();
});
