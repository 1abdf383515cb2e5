import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os, { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Command } from '../../../../../testing/service/command.ts';
import { sessionRef } from '../../domain/ids.ts';
import { createStore } from '../../stores/create-store.ts';
import { auditCommand } from '../audit.ts';
import { runCommand } from './fixtures/run-command.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-command-audit-'));
after(() => rmSync(folder, { recursive: true }));

/** A new SQLite store, whose commands write the audit log `path`. */
async function place(name: string) {
  const [store, path] = [`sqlite:${join(folder, `${name}.db`)}`, join(folder, `${name}.log`)];
  const env = { SESSIONS_STORE: store, SESSIONS_AUDIT: `file:${path}` };
  const created = await createStore(store);
  await created.open();
  await created.close();
  const run = async (...args: readonly string[]) => {
    const ran = await runCommand([...args, '--store', store], { env });
    return { ...ran, said: ran.said.join('\n') };
  };
  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n');
  return { store, path, env, run, lines };
}

test('the audit log has what commands do to a store, with the account of the system', async () => {
  const { path, env, run, lines } = await place('done');
  const opened = async (...args: readonly string[]) =>
    JSON.parse((await run('open', ...args, '--json')).stdout).session.id;
  const [first, second] = [await opened('ann'), await opened('ann')];
  const actor = await opened('ann', '--actor-type', 'user', '--actor-id', '7', '--actor-reason', 'ticket 7');
  for (const args of [
    ['list'],
    ['close', first, '--reason', 'revoked'],
    ['close-many', '--user-id', 'ann', '--dry-run'],
    ['delete', second],
    ['user', 'export', 'ann'],
    ['user', 'erase', 'ann', '--yes'],
  ]) {
    const { code, said } = await run(...args);
    assert.equal(code, 0, said);
  }
  assert.equal(await new Command(MAIN, ['export'], { cwd: folder, env }).exit, 0);
  const audited = lines().map((line) => JSON.parse(line));
  const who = new Set(audited.map(({ caller, os_user }) => `${caller} ${os_user}`));
  assert.deepEqual([...who], [`null ${userInfo().username}`]);
  assert.deepEqual(
    audited.map(({ event, session }) => [event, session]),
    [
      ['actor_session_opened', sessionRef(actor)],
      ['session_closed', sessionRef(first)],
      ['session_deleted', sessionRef(second)],
      ['user_exported', undefined],
      ['user_erased', undefined],
      ['store_exported', undefined],
    ],
  );
  const { code } = await auditCommand(['verify', path]);
  assert.equal(code, 0);
});

test('a command changes nothing while its audit line cannot be written', async () => {
  const { path, env, run } = await place('full');
  mkdirSync(path);
  const { code, said } = await run('close', 'x'.repeat(32));
  assert.equal(code, 2);
  assert.match(said, /SESSIONS_AUDIT: file:.*full\.log cannot be opened/);
  assert.equal(await new Command(MAIN, ['export'], { cwd: folder, env }).exit, 2);
});

test('a command that only reads neither opens nor creates the audit log', async () => {
  const { path, run } = await place('read');
  assert.equal((await run('list')).code, 0);
  assert.ok(!existsSync(path));
});

test('an account without a name, as in a container, is in the audit log by its number', async (t) => {
  const { run, lines } = await place('nameless');
  t.mock.method(os, 'userInfo', () => {
    throw new Error('uv_os_get_passwd returned ENOENT (no such file or directory)');
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  assert.equal((await run('user', 'export', 'ann')).code, 3);
  assert.match(String(lines()[0]), /"os_user":"uid \d+"/);
});
