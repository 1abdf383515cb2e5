import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, clientOf, SESSION, TOKEN } from '../fixtures/scripted-fetch.ts';

const found = answer(200, SESSION);

for (const id of ['', '.', '..', TOKEN]) {
  test(`an id of another path, or a token, is rejected: '${id.slice(0, 3)}'`, async () => {
    const { client, sent } = clientOf([found]);
    for (const call of [client.get(id), client.remove(id), client.replaceData(id, 1)]) {
      await assert.rejects(call, (error: unknown) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, /^id is /);
        assert.ok(!error.message.includes(TOKEN));
        return true;
      });
    }
    assert.equal(sent.length, 0);
  });
}

test('an id stays one segment of the path', async () => {
  const { client, sent } = clientOf([found]);
  await client.get('../a b?c#d$&');
  assert.equal(sent[0]?.path, '/v2/sessions/..%2Fa%20b%3Fc%23d%24%26');
});

test('undefined properties of a query are omitted', async () => {
  const { client, sent } = clientOf([answer(200, { items: [], next_cursor: null })]);
  await client.list(Object.fromEntries([['user_id', undefined]]));
  await client.list();
  assert.deepEqual(
    sent.map(({ path }) => path),
    ['/v2/sessions', '/v2/sessions'],
  );
});
