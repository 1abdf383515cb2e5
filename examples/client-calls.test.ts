import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outputOf, startMemoryService } from '../testing/examples/example.ts';

test('the example of all calls prints the output that the page of the client shows', async (t) => {
  const { url } = await startMemoryService(t);
  assert.deepEqual(await outputOf('client-calls', { SESSIONS_URL: url }), [
    'evicted sessions: 0',
    'role: buyer',
    'read: ann',
    'one of many: ann',
    'one of many: unknown',
    'checked: 86400',
    'checked: unknown',
    "cart: [ 'apple', 'pear' ]",
    'level: 2 same id: true',
    'idle timeout: 2592000',
    'one session: true',
    'more pages: true',
    "devices: [ 'Phone', 'Firefox' ] count: 2",
    'found: 1 ending in 5 minutes: 0',
    "own devices: [ 'Phone', 'Firefox, here' ]",
    'ended elsewhere: 1',
    'closed: 1 more: false',
    'actor: assistant-3',
    'ended by: dave',
    'exported: 1 erased: 1 more: false',
    'the session has ended: closed',
    'not found: SESSION_NOT_FOUND',
    'wrong properties: user_id',
    'no response: ABORTED',
  ]);
});

test('the example of the cached client reads from memory, sees an end, and exits', async (t) => {
  const { url } = await startMemoryService(t);
  assert.deepEqual(await outputOf('client-cache', { SESSIONS_URL: url }), [
    'user: ann',
    'from memory: ann',
    'the end took effect within 3 s: true',
  ]);
});
