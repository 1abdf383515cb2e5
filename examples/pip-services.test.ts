import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const EXAMPLE = fileURLToPath(new URL('./pip-services.ts', import.meta.url));

test('the example of the Pip.Services components prints the session twice and ends', async () => {
  const options = { env: { ...process.env, PORT: '0' } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=source', EXAMPLE], options);
  assert.equal(stderr, '');
  const [opened, read] = stdout.split('Read ');
  assert.match(opened ?? '', /^Opened \{[\s\S]*user_id: '1',\s+user_name: 'User 1',\s+active: true/);
  assert.match(opened ?? '', /address: 'localhost',\s+client: 'test',\s+user: 'abc',\s+data: null/);
  assert.equal(`Opened ${read}`, opened);
});
