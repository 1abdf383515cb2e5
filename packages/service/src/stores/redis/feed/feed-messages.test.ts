import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FeedMessages, type Sealed } from './feed-messages.ts';

const KEY = randomBytes(32);
const CHANGE = { type: 'changed', id: 'a', user_id: 'u', revision: 2, close_reason: 'closed' } as const;

/** The message as the server publishes it. */
function published(number: string, { text, secret }: Sealed): string {
  return `${number} ${hash('sha1', secret + number, 'hex')} ${text}`;
}

test('redis feed: a message is accepted only with its own number', () => {
  const [here, there] = [new FeedMessages(KEY, 'c'), new FeedMessages(KEY, 'c')];
  const message = published('7', there.seal('a', [CHANGE]));
  const [, proof = '', text = ''] = message.split(' ');
  for (const forged of [`8 ${proof} ${text}`, `07 ${proof} ${text}`, `8 ${hash('sha1', '8', 'hex')} ${text}`]) {
    assert.equal(new FeedMessages(KEY, 'c').open(forged), null, forged);
  }
  assert.deepEqual(here.open(message), { number: 7, shard: 'a', isOwn: false, changes: [CHANGE], age_ms: 0 });
  assert.equal(here.open(message), null);
});

test('redis feed: a message of another channel or another data set is rejected', () => {
  const message = published('7', new FeedMessages(KEY, 'c').seal('a', [CHANGE]));
  assert.equal(new FeedMessages(KEY, 'd').open(message), null);
  assert.equal(new FeedMessages(randomBytes(32), 'c').open(message), null);
});

test("redis feed: a message is the node's own until the node changes its sender name", () => {
  const here = new FeedMessages(KEY, 'c');
  const [first, second] = [here.seal('a', [CHANGE]), here.seal('a', [CHANGE])];
  assert.equal(here.open(published('1', first))?.isOwn, true);
  here.rename();
  assert.equal(here.open(published('2', second))?.isOwn, false);
});
