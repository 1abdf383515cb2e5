import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogger, loadConfig, startService } from '@pip-sessions/service';

test('the example of the client prints the output that the README shows', async (t) => {
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0' });
  const service = await startService(config, createLogger('silent'));
  t.after(() => service.stop());
  const example = fileURLToPath(new URL('./client.ts', import.meta.url));
  const env = { PATH: process.env.PATH ?? '', SESSIONS_URL: service.url };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', example], { env });
  assert.deepEqual(stdout.trim().split('\n'), [
    'validated: user-1',
    'changed meanwhile: true',
    "on the phone: { active: false, reason: 'revoked' }",
    "here: { active: false, reason: 'closed' }",
  ]);
});
