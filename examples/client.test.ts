import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outputOf, startMemoryService } from '../testing/examples/example.ts';

test('the example of the client prints the output that its page shows', async (t) => {
  const { url } = await startMemoryService(t);
  assert.deepEqual(await outputOf('client', { SESSIONS_URL: url }), [
    'validated: user-1',
    'changed meanwhile: true',
    "on the phone: { active: false, reason: 'revoked' }",
    "here: { active: false, reason: 'closed' }",
  ]);
});
