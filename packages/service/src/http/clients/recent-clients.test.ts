import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentClients } from './recent-clients.ts';

test('an IPv4 address is one client, also in its IPv6-mapped form', () => {
  const clients = new RecentClients<string>();
  clients.set('::ffff:192.0.2.1', 'seen');
  assert.equal(clients.get('192.0.2.1'), 'seen');
  assert.equal(clients.get('192.0.2.2'), undefined);
});

test('the addresses of an IPv6 /64 network are one client in every notation', () => {
  const clients = new RecentClients<string>();
  clients.set('2001:db8:0:7::1', 'seen');
  for (const same of ['2001:db8::7:1:2:3:4', '2001:0DB8:0:0007:ffff::', '2001:db8:0:7:1:2:3:4%eth0']) {
    assert.equal(clients.get(same), 'seen', same);
  }
  for (const other of ['2001:db8:0:8::1', '2001:db8::7', '::1', '::', '2001:db8:0:7', '']) {
    assert.equal(clients.get(other), undefined, other);
  }
  clients.set('::1', 'loopback');
  assert.equal(clients.get('0:0:0:0:0:0:0:1'), 'loopback');
});

test('beyond 10,000 clients the one that was set the longest ago is evicted', () => {
  const clients = new RecentClients<number>();
  const address = (index: number) => `10.0.${index >> 8}.${index & 255}`;
  for (let index = 0; index < 10_000; index += 1) clients.set(address(index), index);
  clients.set(address(0), -1);
  clients.set(address(10_000), 10_000);
  assert.deepEqual(
    [0, 1, 2, 10_000].map(address).map((each) => clients.get(each)),
    [-1, undefined, 2, 10_000],
  );
});
