import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outputOf, startMemoryService } from '../testing/examples/example.ts';

test('the example with traces prints a span for each call, without ids', async (t) => {
  const { url } = await startMemoryService(t);
  assert.deepEqual(await outputOf('client-traces', { SESSIONS_URL: url }), [
    'POST /v2/sessions 201 ',
    'POST /v2/sessions/validate 200 ',
    'POST /v2/sessions/{id}/close 200 ',
    'POST /v2/sessions/{id}/touch 409 SESSION_CLOSED',
  ]);
});
