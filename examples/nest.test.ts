import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test('examples/nest.ts compiles with the decorators of Nest', async () => {
  await promisify(execFile)(
    process.execPath,
    [
      fileURLToPath(new URL('lib/tsc.js', import.meta.resolve('typescript/package.json'))),
      '-p',
      pathOf('../testing/examples/tsconfig.nest.json'),
    ],
    { timeout: 60_000 },
  );
});

test('examples/nest.ts signs users in and out, and needs a second factor for payments', async (t) => {
  const NODE_OPTIONS = `--import=${new URL('../scripts/decorators.ts', import.meta.url)}`;
  const { urls } = await startWithService(t, 'nest', { NODE_OPTIONS });
  const jar = new Jar(String(urls[0]));
  const rejection = await jar.get('/me');
  assert.deepEqual([rejection.status, rejection.headers.get('www-authenticate')], [401, 'Bearer']);
  assert.equal((await jar.post('/payments')).body.code, 'SESSION_REQUIRED');
  assert.deepEqual((await jar.post('/login', { user: 'ann' })).body, { signed_in: 'ann' });
  assert.deepEqual((await jar.get('/me')).body, { user: 'ann' });
  assert.equal((await jar.post('/payments')).body.code, 'STEP_UP_REQUIRED');
  assert.deepEqual((await jar.post('/payments/second-factor')).body, { level: 2 });
  assert.deepEqual((await jar.post('/payments')).body, { paid_by: 'ann' });
  assert.equal((await jar.post('/logout')).status, 204);
  assert.equal((await jar.get('/me')).body.code, 'SESSION_REQUIRED');
});
