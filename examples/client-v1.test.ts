import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogger, loadConfig, startService } from '@pip-sessions/service';

test('the example of the API v1 client prints the output that the README shows', async (t) => {
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0' });
  const service = await startService(config, createLogger('silent'));
  t.after(() => service.stop());
  const example = fileURLToPath(new URL('./client-v1.ts', import.meta.url));
  const env = { PATH: process.env.PATH ?? '', SESSIONS_URL: service.url };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', example], { env });
  assert.deepEqual(stdout.trim().split('\n'), [
    "active: true data: { cart: [ 'apple' ] }",
    'sessions of the user: 1',
    'after the close: SESSION_CLOSED',
  ]);
});
