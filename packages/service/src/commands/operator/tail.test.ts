import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServer } from '../../../../../testing/http/test-server.ts';
import { newApiKey, parseApiKey } from '../../http/authentication/api-keys.ts';
import { runCommand } from './fixtures/run-command.ts';

/** Runs `tail` against a server, and `work` as soon as no change is missed. */
async function tail(server: TestServer, args: readonly string[], work: () => Promise<unknown>) {
  let done: Promise<unknown> = Promise.resolve();
  const onSay = (line: string) => {
    if (line.startsWith('Following')) done = work();
  };
  const ran = await runCommand(['tail', '--url', server.url, ...args], { onSay });
  await done;
  return ran;
}

test('tail prints opens, changes, ends and removals as they happen', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  const { code, stdout, said } = await tail(server, ['--json', '--limit', '4'], async () => {
    const { session } = await server.sessions.open({ user_id: 'ann' });
    await server.sessions.amend(session.id, { client: 'x' });
    await server.sessions.close(session.id);
    await server.sessions.remove(session.id);
  });
  assert.equal(code, 0);
  assert.deepEqual(said, [`Following the changes of ${server.url}. Stop with Ctrl+C.`]);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ kind, close_reason }) => [kind, close_reason]),
    [
      ['opened', null],
      ['changed', null],
      ['ended', 'closed'],
      ['removed', null],
    ],
  );
});

test('tail filters by user, reason and kind', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  const ids: string[] = [];
  const work = async () => {
    for (const user_id of ['ann', 'bob', 'ann']) {
      const { session } = await server.sessions.open({ user_id });
      ids.push(session.id);
      await server.sessions.close(session.id);
    }
  };
  const args = ['--user-id', 'ann', '--reason', 'closed', '--kind', 'ended', '--limit', '2'];
  const { stdout } = await tail(server, args, work);
  const shown = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/).slice(1));
  assert.deepEqual(shown, [
    ['ended', ids[0], 'closed'],
    ['ended', ids[2], 'closed'],
  ]);
});

test('tail ends with Ctrl+C', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  const controller = new AbortController();
  const onSay = () => controller.abort();
  const { code, stdout } = await runCommand(['tail', '--url', server.url], { onSay, signal: controller.signal });
  assert.deepEqual([code, stdout], [0, '']);
});

test('tail connects again after a lost connection, and marks what it may have missed', async (t) => {
  const first = await startTestServer();
  let second: TestServer | null = null;
  t.after(() => second?.stop());
  const { port } = new URL(first.url);
  const onSay = async (line: string) => {
    if (line.startsWith('Following')) await first.stop();
    if (line.includes('was lost') && !second) second = await startTestServer({ port: Number(port) });
  };
  const { code, stdout } = await runCommand(['tail', '--url', first.url, '--json', '--limit', '1'], { onSay });
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).kind, 'gap');
});

test('tail ends with 1 for a key without the scope, and without a server', async () => {
  const key = newApiKey('web', 'validate');
  const server = await startTestServer({ keys: [parseApiKey(key.configured)] });
  const without = await runCommand(['tail', '--url', server.url]);
  assert.deepEqual([without.code, without.stdout], [1, '']);
  assert.match(without.said.join(), /Set SESSIONS_KEY to an API key/);
  await server.stop();
  const gone = await runCommand(['tail', '--url', server.url]);
  assert.equal(gone.code, 1);
  assert.match(gone.said.join(), /No service can be reached at .* \(ECONNREFUSED\)\. Use --url/);
});

test('top shows as many live sessions as the terminal has room for, until Ctrl+C', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  for (const user_id of ['ann', 'bob', 'cid']) await server.sessions.open({ user_id });
  const controller = new AbortController();
  const around = { terminal: { columns: 80, rows: 6 }, clock: server.clock, signal: controller.signal };
  const shown = await runCommand(['top', '--url', server.url], { ...around, onWrite: () => controller.abort() });
  assert.equal(shown.code, 0);
  assert.match(
    shown.stdout,
    /: 3 live, in the last hour with changes 3 opened, 0 ended\n\nID .*\n.* live, .*\n.* live, .*\n$/,
  );
  const piped = await runCommand(['top', '--url', server.url]);
  assert.deepEqual(piped, { code: 2, stdout: '', said: ['top needs a terminal. Use stats and list instead.'] });
});
