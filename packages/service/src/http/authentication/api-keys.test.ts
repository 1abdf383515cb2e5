import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { getHeapSnapshot } from 'node:v8';
import { includesScope, SCOPES } from '@pip-sessions/contract/scopes';
import { ApiKeys, newApiKey, parseApiKey, parseApiKeys } from './api-keys.ts';

const HASH = hash('sha256', 'psk_1', 'hex');

test('[ASVS-13.2.1] a new key has 256 random bits and is found with its name and scope', () => {
  const { key, configured } = newApiKey('web-1', 'write');
  assert.match(key, /^psk_[A-Za-z0-9_-]{43}$/);
  assert.equal(configured, `web-1:write:${hash('sha256', key, 'hex')}`);
  const keys = new ApiKeys([parseApiKey(configured)]);
  for (const _ of ['first', 'again']) assert.partialDeepStrictEqual(keys.find(key), { name: 'web-1', scope: 'write' });
});

test('only the exact text of a key finds it, not its hash or a similar text', () => {
  const { key, configured } = newApiKey('web', 'write');
  const keys = new ApiKeys([parseApiKey(configured)]);
  keys.find(key);
  const { hash: configuredHash } = parseApiKey(configured);
  for (const other of ['', 'psk_', key.slice(0, -1), `${key}A`, key.toUpperCase(), configuredHash, configured]) {
    assert.equal(keys.find(other), null);
  }
  assert.equal(new ApiKeys([]).find(key), null);
});

test('each scope includes only the scopes before it', () => {
  const included = SCOPES.map((held) => SCOPES.filter((needed) => includesScope(held, needed)));
  assert.deepEqual(included, [['validate'], ['validate', 'write'], ['validate', 'write', 'admin']]);
});

test('a hash may be written in upper case', () => {
  assert.equal(parseApiKey(`web:admin:${HASH.toUpperCase()}`).hash, HASH);
});

test('the error for a bad key shows the right form and does not repeat the key', () => {
  const { key } = newApiKey('web', 'write');
  const cases: [string, RegExp][] = [
    ['', /^a key must have the form <name>:<scope>:<SHA-256/],
    [key, /^a key must have the form/],
    [HASH, /^a key must have the form/],
    [`web:${HASH}`, /^a key must have the form/],
    [`web:write:${HASH}:1`, /^the expiry of the key web must be a date like 2027-01-31/],
    [`web:write:${HASH}:`, /^the expiry of the key web/],
    [`web:write:${HASH}:90d`, /^the expiry of the key web/],
    [`web:write:${HASH}:${key}`, /^the expiry of the key web/],
    [`web:write:2027-01-31:${HASH}`, /^the key web must be set by its SHA-256/],
    [`:write:${HASH}`, /^the name of a key must be/],
    [`Web:write:${HASH}`, /^the name of a key must be/],
    [`${'a'.repeat(41)}:write:${HASH}`, /^the name of a key must be/],
    [`${HASH}:write:web`, /^the name of a key must be/],
    [`web:owner:${HASH}`, /^the key web must have one of the scopes validate, write, admin$/],
    [`web:${HASH}:write`, /^the key web must have one of the scopes/],
    [`web:write:${key}`, /^the key web must be set by its SHA-256 in 64 hex digits, not as the key itself$/],
    [`web:write:${HASH.slice(1)}`, /^the key web must be set by its SHA-256/],
    [`web:write:${HASH}0`, /^the key web must be set by its SHA-256/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseApiKey(text),
      (error: Error) => message.test(error.message) && ![HASH.slice(1), key, key.slice(4)].some(isIn(error.message)),
      text,
    );
  }
  assert.throws(() => newApiKey('a:b', 'write'), /the name of a key/);
  assert.throws(() => newApiKey('web', 'Write'), /the key web must have one of the scopes/);
});

test('the expiry of a key is a date or a time of day in UTC', () => {
  const expiry = (text: string) => parseApiKey(`web:write:${HASH}:${text}`).expires;
  assert.equal(expiry('2027-01-31'), Date.UTC(2027, 0, 31));
  assert.equal(expiry('2027-01-31T12:00Z'), Date.UTC(2027, 0, 31, 12));
  assert.equal(expiry('2027-01-31T12:00:59.999Z'), Date.UTC(2027, 0, 31, 12, 0, 59, 999));
  assert.equal(parseApiKey(`web:write:${HASH}`).expires, null);
});

test('duplicate names and duplicate keys are rejected with the number of the entry', () => {
  const other = hash('sha256', 'psk_2', 'hex');
  const taken = /^is invalid in entry 2: the name a is already used by an earlier entry$/;
  assert.throws(() => parseApiKeys([`a:write:${HASH}`, `a:write:${other}`]), { message: taken });
  assert.throws(() => parseApiKeys([`a:write:${HASH}`, `a:write:${HASH}`]), { message: taken });
  const same = /^is invalid in entry 3: c has the same key as a; create a separate key for each name$/;
  const three = [`a:write:${HASH}`, `b:write:${other}`, `c:admin:${HASH.toUpperCase()}`];
  assert.throws(() => parseApiKeys(three), { message: same });
  assert.throws(() => parseApiKeys([{ web: HASH }]), {
    message: /^is invalid in entry 1: a key must be a string of the form/,
  });
});

test('replaced keys are found at once, and a key that stays keeps its uses', () => {
  const [stays, goes, comes, longer] = [1, 2, 3, 4].map((n) => newApiKey(`k-${n}`, 'write'));
  const parse = (...made: (typeof stays)[]) => made.map((key) => parseApiKey(String(key?.configured)));
  const keys = new ApiKeys(parse(stays, goes, longer));
  const used = keys.find(String(stays?.key));
  assert.ok(used);
  Object.assign(used, { uses: 7, last_used: 1_000 });
  const [, , other] = parse(stays, comes, longer);
  assert.ok(other);
  const changes = keys.replace([...parse(stays, comes), { ...other, scope: 'admin', expires: 1_000 }]);
  assert.deepEqual(changes, { added: ['k-3'], removed: ['k-2'], changed: ['k-4'] });
  assert.equal(keys.find(String(goes?.key)), null);
  assert.equal(keys.find(String(comes?.key))?.name, 'k-3');
  assert.partialDeepStrictEqual(keys.find(String(stays?.key)), { uses: 7, last_used: 1_000 });
  const replaced = newApiKey('k-1', 'write');
  const names = keys.replace(parse(replaced, comes, longer));
  assert.deepEqual([names.added, names.removed], [['k-1'], ['k-1']], 'another key under the same name');
  assert.equal(keys.find(replaced.key)?.uses, 0);
});

test('[S-02] a used key does not stay in memory', async () => {
  // Buffers are outside of the heap: only a string would be found in it.
  const presented = Buffer.from(Array.from({ length: 47 }, (_, index) => 97 + ((index * 7) % 26)));
  const keys = new ApiKeys([{ name: 'web', scope: 'write', hash: hash('sha256', presented, 'hex'), expires: null }]);
  const hold = { text: '' };
  const use = () => assert.equal(keys.find(presented.toString('latin1'))?.name, 'web');
  for (let uses = 0; uses < 3; uses += 1) use();
  assert.equal(await isInHeap(presented), false);
  hold.text = presented.toString('latin1');
  assert.equal(await isInHeap(presented), true, 'a string in memory is found');
  assert.ok(hold.text);
});

async function isInHeap(bytes: Buffer): Promise<boolean> {
  const pieces: Buffer[] = [];
  for await (const piece of getHeapSnapshot()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).includes(bytes);
}

function isIn(message: string): (secret: string) => boolean {
  return (secret) => message.includes(secret);
}
