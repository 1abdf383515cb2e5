import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedSocket } from '../../../../../testing/http/raw-connection.ts';
import { Connection } from './connection.ts';
import { HeldBytes } from './held-bytes.ts';

function holding(max: number, max_of_client: number) {
  const held = new HeldBytes(max, max_of_client);
  const cut: string[] = [];
  const events = {
    ended: (connection: Connection) => held.remove(connection, connection.held_bytes),
    cut: ({ peer }: Connection) => void cut.push(peer),
    lingers: () => {},
    hold: () => true,
    release: () => {},
  };
  const connect = (peer: string, client: string) => new Connection(closedSocket(), peer, client, client, 0, events);
  return { held, cut, connect };
}

test('a client has a share of the memory, and may use released bytes again', () => {
  const { held, connect } = holding(100, 40);
  const [a, b] = [connect('a', '192.0.2.1'), connect('b', '192.0.2.2')];
  assert.equal(held.add(a, 40, 0), true);
  assert.equal(held.add(a, 1, 0), false);
  assert.equal(held.add(b, 40, 0), true);
  held.remove(a, 30);
  assert.equal(held.add(a, 30, 0), true);
});

test('after a second the oldest holder of bytes is evicted, first of the same client', () => {
  const { held, cut, connect } = holding(100, 40);
  const others = ['192.0.2.2', '192.0.2.3'].map((client) => connect(client, client));
  for (const other of others) held.add(other, 30, 0);
  const slow = connect('slow', '192.0.2.1');
  const next = connect('next', '192.0.2.1');
  held.add(slow, 40, 1);
  assert.equal(held.add(next, 40, 1_000), false);
  assert.equal(held.add(next, 40, 1_001), true);
  assert.deepEqual(cut, ['slow']);
  const late = connect('late', '192.0.2.4');
  assert.equal(held.add(late, 10, 1_001), true);
  assert.deepEqual(cut, ['slow', '192.0.2.2']);
});

test('a connection that has ended keeps no bytes in memory', () => {
  const { held, connect } = holding(100, 100);
  const ended = connect('a', '192.0.2.1');
  held.add(ended, 60, 0);
  ended.destroy();
  assert.equal(held.add(ended, 1, 0), false);
  assert.equal(held.add(connect('b', '192.0.2.1'), 100, 0), true);
});
