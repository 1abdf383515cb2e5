import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf, hang, ID, TOKEN } from './fixtures/scripted-fetch.ts';
import {
  createCachedSessionsClient,
  createSessionsClient,
  createSessionsV1Client,
  type SessionsClient,
} from './index.ts';

const url = 'http://localhost:8080';

/** Calls that TypeScript rejects. */
type Untyped<T> = { [K in keyof T]: (...input: unknown[]) => Promise<unknown> };

const WRONG: readonly [RegExp, (client: Untyped<SessionsClient>) => Promise<unknown>][] = [
  [
    /^filter is missing: use closeMany\(\{ filter: \{ user_id: '1' \} \}\)/,
    (client) => client.closeMany({ user_id: '1' }),
  ],
  [/^filter is missing/, (client) => client.closeMany()],
  [/^filter is missing/, (client) => client.closeMany({ filter: '1' })],
  [/^filters of list are a value of type string: use list\(\{ user_id: '1' \}\)\.$/, (client) => client.list('a')],
  [/^filters of list are null/, (client) => client.list(null)],
  [/^filters of count are an array/, (client) => client.count(['1'])],
  [/^properties of open are missing: use open\(\{ user_id: '1' \}\)\.$/, (client) => client.open()],
  [/^properties of rotate are a value of type string: use rotate\(\{ token \}\)\.$/, (client) => client.rotate(TOKEN)],
  [/^properties of own are a value of type string: use own\(\{ token \}\)\.$/, (client) => client.own(TOKEN)],
  [/^properties of closeOwn are missing: use closeOwn\(\{ token, others: true \}\)/, (client) => client.closeOwn()],
  [/^ids of check are not an array: use check\(\[session\.id\]\)/, (client) => client.check(TOKEN as never)],
  [/^tokens of validateMany are not an array: use validateMany\(\[token\]\)/, (client) => client.validateMany(TOKEN)],
  [/^properties of update are missing/, (client) => client.update(ID)],
  [/^timeout is an unknown option of this call; allowed: signal, /, (client) => client.get(ID, { timeout: 1 })],
  [/^if_match is an unknown option of this call/, (client) => client.close(ID, { if_match: 3 })],
  [/^if_match is an unknown option of this call/, (client) => client.touch(ID, { if_match: 3 })],
  [/^idempotencyKey is an unknown option/, (client) => client.open({ user_id: '1' }, { idempotencyKey: 'k' })],
];

test('a wrong argument rejects with a correct call in the message, and sends nothing', async () => {
  const { client, sent } = clientOf([hang]);
  for (const [message, call] of WRONG) {
    await assert.rejects(call(client as unknown as Untyped<SessionsClient>), { name: 'TypeError', message });
  }
  const all = (client.all as unknown as (filter: unknown) => AsyncIterable<unknown>)('a');
  const read = async () => {
    for await (const _session of all) assert.fail();
  };
  await assert.rejects(read, { name: 'TypeError', message: /^filters of all are a value of type string/ });
  assert.equal(sent.length, 0);
});

test('a client with wrong options throws, and the message shows a correct call', () => {
  for (const create of [createSessionsClient, createCachedSessionsClient, createSessionsV1Client]) {
    const untyped = create as (options?: unknown) => unknown;
    const right = new RegExp(`: use ${create.name}\\(\\{ url: 'http://localhost:8080'`);
    for (const options of [undefined, null, url])
      assert.throws(() => untyped(options), { name: 'TypeError', message: right });
  }
});

test('a url with the path of the API throws, and the message names that path', () => {
  const message = /^url ends in \/v2(\/sessions)?\/?, which the client adds itself: omit it/;
  for (const path of ['/v2', '/v2/', '/v2/sessions', '/gateway/v2']) {
    assert.throws(() => createSessionsClient({ url: url + path }), { name: 'TypeError', message });
    assert.throws(() => createCachedSessionsClient({ url: url + path }), { name: 'TypeError', message });
  }
  assert.throws(() => createSessionsV1Client({ url: `${url}/v1` }), /^TypeError: url ends in \/v1, which/);
  createSessionsV1Client({ url: `${url}/v1`, base_route: 'sessions' });
  createSessionsClient({ url: `${url}/v2x` });
});
