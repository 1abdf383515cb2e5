import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outputOf, startMemoryService } from '../testing/examples/example.ts';

test('the example of the API v1 client prints the output that its page shows', async (t) => {
  const { url } = await startMemoryService(t);
  assert.deepEqual(await outputOf('client-v1', { SESSIONS_URL: url }), [
    "active: true data: { cart: [ 'apple' ] }",
    'sessions of the user: 1',
    'after the close: SESSION_CLOSED',
  ]);
});
