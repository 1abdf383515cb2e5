import assert from 'node:assert/strict';
import crypto, { createHmac } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { type TestContext, test } from 'node:test';
import { MemoryStore } from '../../stores/memory/store.ts';
import { newSessionId, randomText } from '../ids.ts';
import { Sessions } from '../sessions.ts';
import { ManualClock } from '../time/clock.ts';
import { hashSecret, newLineage, newSecret, successor } from './secrets.ts';
import { judge } from './tokens.ts';

const POOL_BYTES = 8_192;
/** The length of the random part of a secret; the rest is a checksum. */
const RANDOM_LENGTH = 22;
const FIELDS = { user_id: 'u', user_name: null, address: null, client: null, user: null, data: null };

/** Replaces a function of the platform for a test. */
function replaced(t: TestContext, name: 'randomFillSync' | 'timingSafeEqual', by: (...args: Buffer[]) => unknown) {
  const { mock } = t.mock.method(crypto, name, by as never);
  syncBuiltinESMExports();
  t.after(() => {
    mock.restore();
    syncBuiltinESMExports();
  });
  return mock;
}

test("[ASVS-7.2.3] ids have 128 and secrets 132 bits of the system's generator", (t) => {
  const bytes = Buffer.from(Array.from({ length: POOL_BYTES }, (_, index) => (index * 37 + 11) % 251));
  const generator = replaced(t, 'randomFillSync', (pool) => bytes.copy(pool as Buffer));
  const drawAnew = () => randomText(POOL_BYTES);
  drawAnew();
  assert.equal(newSessionId('u').slice(4), bytes.toString('hex', 0, 16));
  assert.equal(newSessionId('u').slice(4), bytes.toString('hex', 16, 32), 'no byte is used twice');
  drawAnew();
  assert.equal(newSecret('lineage').slice(0, RANDOM_LENGTH), bytes.toString('base64url').slice(0, RANDOM_LENGTH));
  assert.equal(generator.callCount(), 4);
});

test('[S-01] the stored data of a session does not allow anyone to compute its tokens', async () => {
  const store = new MemoryStore({ sessions_max: 10 });
  const sessions = new Sessions(store, new ManualClock());
  const opened = await sessions.openWithToken(FIELDS, 'known-to-the-caller-alone');
  const rotated = await sessions.rotate(opened.token);
  const session = await store.find(opened.session.id);
  assert.ok(session?.token);
  const { hash, lineage, open_nonce, past } = session.token;
  const nonces = [open_nonce, ...past.map(({ nonce }) => nonce)].map(String);
  const texts = ['', hash, lineage, session.id, session.user_id, ...nonces, ...past.map((secret) => secret.hash)];
  const keys = texts.map(String).flatMap((text) => [text, hashSecret(text), Buffer.from(text, 'hex')]);
  const made = keys.flatMap((key) =>
    texts.map((text) => createHmac('sha256', key).update(String(text)).digest('base64url')),
  );
  const random = new Set(made.map((text) => text.slice(0, RANDOM_LENGTH)));
  assert.ok(random.size > 50);
  for (const { token } of [opened, rotated]) assert.ok(!random.has(token.slice(-43).slice(0, RANDOM_LENGTH)));
});

test('[S-01] the next secret depends on every character of the previous secret', () => {
  const [lineage, nonce] = [newLineage(), 'nonce'];
  const secret = newSecret(lineage);
  const others = [...secret].map((char, at) => secret.slice(0, at) + (char === 'A' ? 'B' : 'A') + secret.slice(at + 1));
  const next = [secret, ...others].map((key) => successor(key, nonce, lineage).slice(0, RANDOM_LENGTH));
  assert.equal(new Set(next).size, secret.length + 1);
});

test('[S-03] hashes of secrets are compared in constant time', (t) => {
  const comparison = replaced(t, 'timingSafeEqual', (a, b) => a?.equals(b as Buffer));
  const [current, past] = ['current', 'past'].map(hashSecret) as [string, string];
  const rotated = { hash: past, nonce: 'n', grace_until: 1, replaced: null };
  const token = { hash: current, lineage: null, open_nonce: null, past: [rotated] };
  const session = { auth_time: 0, auth_methods: [], auth_level: null, token };
  for (const [secret, is, compared] of [
    ['current', 'current', 1],
    ['past', 'recent', 2],
    ['other', 'unknown', 2],
  ] as const) {
    comparison.resetCalls();
    assert.equal(judge(session, secret, 0).is, is);
    assert.equal(comparison.callCount(), compared, `${secret}: compared with each hash`);
  }
});
