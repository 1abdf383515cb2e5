import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAddress, searchTargets } from './search.ts';

const ID = 'd92b327fbcafc916e187d1dd45414a6137ea';

const first = (text: string) => {
  const [target] = searchTargets(text);
  if (!target) return null;
  return target.kind === 'session' ? `session ${target.id}` : `${target.name} ${target.value}`;
};

test('the search box understands what people have at hand', () => {
  assert.equal(first(` ${ID} `), `session ${ID}`);
  assert.equal(first('user-17'), 'user_id user-17');
  assert.equal(first('ann@example.com'), 'user_id ann@example.com');
  assert.equal(first('Ann Lee'), 'user_name Ann Lee');
  assert.equal(first('10.2.0.7'), 'address 10.2.0.7');
  assert.equal(first('10.2.0.0/16'), 'address 10.2.0.0/16');
  assert.equal(first('2001:db8::/32'), 'address 2001:db8::/32');
  assert.equal(first('Mozilla/5.0 (X11; Linux x86_64)'), 'client Mozilla/5.0 (X11; Linux x86_64)');
  assert.equal(first('user: 10.2.0.7'), 'user_id 10.2.0.7');
  assert.equal(first('session:old-7'), 'session old-7');
  assert.equal(first('BY:key:shop'), 'closed_by key:shop');
  assert.equal(first('  '), null);
});

test('a text that is no address or prefix is offered as user, name, client and session', () => {
  const kinds = searchTargets('Firefox').map((target) => (target.kind === 'session' ? 'session' : target.name));
  assert.deepEqual(kinds, ['user_id', 'user_name', 'client', 'session']);
});

test('of a token only the id of its session is used', () => {
  const token = `ps_${ID}_${'x'.repeat(43)}`;
  assert.deepEqual(searchTargets(token), [{ kind: 'session', id: ID, fromToken: true }]);
  assert.deepEqual(searchTargets(token.slice(0, 60)), []);
  assert.ok(!JSON.stringify(searchTargets(token)).includes('xxx'));
});

test('an address has valid parts and a valid length', () => {
  for (const text of ['0.0.0.0', '255.255.255.255/32', '::1', 'fe80::1', '::ffff:10.0.0.1', '2001:db8::/128']) {
    assert.ok(isAddress(text), text);
  }
  for (const text of ['256.1.1.1', '1.2.3', '10.0.0.0/33', '::1/129', '1:2', 'a::b::c', '12:30', 'user:1']) {
    assert.ok(!isAddress(text), text);
  }
});
