import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Command } from '../../../testing/service/command.ts';

/** Tests of what happens when an operator deletes files of a running service. */

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-main-files-'));
after(() => rmSync(folder, { recursive: true }));

function run(t: TestContext, store: string): Command {
  const env = { SESSIONS_PORT: '0', SESSIONS_STORE: `sqlite:${store}`, SESSIONS_LOG_LEVEL: 'info' };
  const command = new Command(MAIN, [], { cwd: folder, env });
  t.after(() => command.kill());
  return command;
}

function open(url: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/v1/sessions/open_session`, { method: 'POST', headers, body: '{"user_id":"1"}' });
}

test('after its files are deleted, a service reports it, rejects writes and can stop', async (t) => {
  const command = run(t, 'deleted/sessions.db');
  const url = await command.started();
  assert.equal((await open(url)).status, 200);
  for (const name of readdirSync(join(folder, 'deleted'))) rmSync(join(folder, 'deleted', name));
  const [line] = await command.logged(({ level }) => level === 'error');
  assert.match(JSON.stringify(line), /the database file was deleted.*restore a backup.*deleted\/sessions\.db/);
  const ready = await fetch(`${url}/readyz`);
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /"store":"The session store cannot be written to: the database file was deleted/);
  assert.equal((await open(url)).status, 503);
  command.process.kill('SIGTERM');
  assert.equal(await command.exit, 0);
});

test('a start with a write-ahead log but no database ends with 1 and names both files', async (t) => {
  const first = run(t, 'missing/sessions.db');
  assert.equal((await open(await first.started())).status, 200);
  await first.kill();
  renameSync(join(folder, 'missing/sessions.db'), join(folder, 'missing/away.db'));
  const second = run(t, 'missing/sessions.db');
  assert.equal(await second.exit, 1);
  assert.match(second.stderr, /^pip-sessions: .*missing\/sessions\.db is not there.*missing\/sessions\.db-wal.*\n$/);
});
