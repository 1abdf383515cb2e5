import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSessionsV1Client } from '@pip-sessions/client';
import { startExample } from '../testing/examples/example.ts';

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

/** Two sessions as the file persistence of the original writes them: one live, one ended. */
function fileOfTheOriginal(): string {
  const now = new Date().toISOString();
  const session = { user_id: '1', user_name: 'User 1', address: 'localhost', client: 'test', user: 'abc', data: null };
  return JSON.stringify([
    { ...session, id: 'a'.repeat(32), active: true, open_time: now, request_time: now },
    { ...session, id: 'b'.repeat(32), active: false, open_time: now, request_time: now, close_time: now },
  ]);
}

test('the process opens its own component, and continues with a file of the original', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pip-process-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'sessions.json');
  await writeFile(path, fileOfTheOriginal());
  const env = { FILE_PATH: path, HTTP_PORT: '0', LOG_LEVEL: 'none' };
  const example = await startExample(t, 'pip-process', env, 2);
  assert.equal(example.lines[0], 'hello');

  const sessions = createSessionsV1Client({ url: example.urls[0] ?? '' });
  const { total } = await sessions.getSessions(null, { user_id: '1', active: true }, { total: true });
  assert.equal(total, 1);
  const live = await sessions.getSessionById(null, 'a'.repeat(32));
  assert.deepEqual([live?.active, live?.user], [true, 'abc']);
  await sessions.storeSessionData(null, 'a'.repeat(32), { cart: ['apple'] });
  assert.match(await readFile(path, 'utf8'), /"cart":\["apple"\]/);

  example.process.kill('SIGTERM');
  assert.deepEqual(await once(example.process, 'exit'), [0, null]);
});
