import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressKey, addressRange, nameKey, nameRange } from './search-keys.ts';

const within = (key: string, range: { from: string; to: string } | null) =>
  range !== null && key >= range.from && key <= range.to;

test('an address is in a block exactly if Node says so', () => {
  const v4 = fc.ipV4();
  const v6 = fc.ipV6();
  const one = fc.oneof(
    fc.tuple(fc.constant('ipv4' as const), v4, v4, fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.constant('ipv6' as const), v6, v6, fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(
    fc.property(one, ([family, address, start, bits]) => {
      for (const each of [address, start]) {
        // Node compares addresses of IPv4 within IPv6 in its own way.
        if (family === 'ipv6' && (addressKey(each).startsWith('4') || addressKey(start).startsWith('4'))) continue;
        const list = new BlockList();
        list.addSubnet(start, bits, family);
        assert.equal(within(addressKey(each), addressRange(`${start}/${bits}`)), list.check(each, family), each);
      }
    }),
  );
});

test('an address is found in each of its forms', () => {
  assert.equal(addressKey('::ffff:10.0.0.1'), addressKey('10.0.0.1'));
  assert.equal(addressKey('2001:DB8:0:0:0:0:0:1'), addressKey('2001:db8::1'));
  assert.equal(addressKey('::'), `6${'0'.repeat(32)}`);
  assert.ok(within(addressKey('10.1.2.3'), addressRange('::ffff:10.0.0.0/104')));
  assert.ok(!within(addressKey('11.1.2.3'), addressRange('10.0.0.0/8')));
});

test('a text that is no address matches itself only', () => {
  assert.ok(within(addressKey('Berlin/Mitte'), addressRange('Berlin/Mitte')));
  assert.ok(!within(addressKey('Berlin'), addressRange('0.0.0.0/0')));
  for (const wrong of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/-1', '::/129', '::ffff:1.2.3.4/95']) {
    assert.equal(addressRange(wrong), null, wrong);
  }
});

test('a name is found by its beginning, in any case of its letters', () => {
  for (const [name, prefix] of [
    ['Zoë Müller', 'ZOË M'],
    ['ann', 'ANN'],
    ['Ann', ''],
    ['ΟΔΟΣ', 'οδοσ'],
    ['Zoe\u0308', 'ZO\u00cb'],
  ] as const) {
    assert.ok(within(nameKey(name), nameRange(prefix)), name);
  }
  assert.ok(within(nameKey('Ann\u{10ffff}x'), nameRange('Ann')), 'the last character of Unicode is a character');
  assert.ok(!within(nameKey('Bob'), nameRange('Ann')));
  assert.ok(!within(nameKey('An'), nameRange('Ann')));
});
