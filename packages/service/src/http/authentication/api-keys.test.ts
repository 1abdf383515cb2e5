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

test('a text that is not exactly a key is not found, nor is the hash of a key, also after the key was seen', () => {
  const { key, configured } = newApiKey('web', 'write');
  const keys = new ApiKeys([parseApiKey(configured)]);
  keys.find(key);
  const { hash: configuredHash } = parseApiKey(configured);
  for (const other of ['', 'psk_', key.slice(0, -1), `${key}A`, key.toUpperCase(), configuredHash, configured]) {
    assert.equal(keys.find(other), null);
  }
  assert.equal(new ApiKeys([]).find(key), null);
});

test('each scope includes those before it and none after it', () => {
  const included = SCOPES.map((held) => SCOPES.filter((needed) => includesScope(held, needed)));
  assert.deepEqual(included, [['validate'], ['validate', 'write'], ['validate', 'write', 'admin']]);
});

test('a hash may be written in upper case', () => {
  assert.equal(parseApiKey(`web:admin:${HASH.toUpperCase()}`).hash, HASH);
});

test('a badly configured key is refused with words that say how it should be, and never repeat it', () => {
  const { key } = newApiKey('web', 'write');
  const cases: [string, RegExp][] = [
    ['', /^a key is set as <name>:<scope>:<SHA-256/],
    [key, /^a key is set as/],
    [HASH, /^a key is set as/],
    [`web:${HASH}`, /^a key is set as/],
    [`web:write:${HASH}:1`, /^a key is set as/],
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

test('two keys of one name, and one key under two names, are refused by the place in the list', () => {
  const other = hash('sha256', 'psk_2', 'hex');
  const taken = /^is wrong in entry 2: the name a is taken by an entry before it$/;
  assert.throws(() => parseApiKeys([`a:write:${HASH}`, `a:write:${other}`]), { message: taken });
  assert.throws(() => parseApiKeys([`a:write:${HASH}`, `a:write:${HASH}`]), { message: taken });
  const same = /^is wrong in entry 3: c is the same key as a; each needs a key of its own$/;
  const three = [`a:write:${HASH}`, `b:write:${other}`, `c:admin:${HASH.toUpperCase()}`];
  assert.throws(() => parseApiKeys(three), { message: same });
  assert.throws(() => parseApiKeys([{ web: HASH }]), { message: /^is wrong in entry 1: a key is set as a text/ });
});

test('[S-02] a used key does not stay in memory', async () => {
  // Bytes are outside of the heap: only a text of them would be found there.
  const presented = Buffer.from(Array.from({ length: 47 }, (_, index) => 97 + ((index * 7) % 26)));
  const keys = new ApiKeys([{ name: 'web', scope: 'write', hash: hash('sha256', presented, 'hex') }]);
  const hold = { text: '' };
  const use = () => assert.equal(keys.find(presented.toString('latin1'))?.name, 'web');
  for (let uses = 0; uses < 3; uses += 1) use();
  assert.equal(await isInHeap(presented), false);
  hold.text = presented.toString('latin1');
  assert.equal(await isInHeap(presented), true, 'a text that is kept is found');
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
