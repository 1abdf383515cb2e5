import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Command } from '../../../../testing/service/command.ts';
import { holdRequests } from '../../../../testing/service/held-requests.ts';

const FIXTURE = fileURLToPath(new URL('../../../../testing/service/faulty.ts', import.meta.url));

function run(t: TestContext): Command {
  const command = new Command(FIXTURE, [], { cwd: tmpdir() });
  t.after(() => command.kill());
  return command;
}

test('an unhandled rejection is logged at a bounded rate, and the process continues', async (t) => {
  const command = run(t);
  const url = await command.started();
  for (let n = 0; n < 20; n += 1) assert.equal((await fetch(`${url}/reject`)).status, 200);
  const [line] = await command.logged(({ level }) => level === 'error');
  assert.match(JSON.stringify(line), /"message":"rejected".*was rejected and not handled/);
  command.process.kill('SIGKILL');
  await command.exit;
  assert.ok(command.lines.filter(({ level }) => level === 'error').length <= 3);
});

test('an uncaught exception is logged, requests in flight finish, and the code is 1', async (t) => {
  const command = run(t);
  const url = await command.started();
  const finish = await holdRequests(url, 3);
  await fetch(`${url}/throw`).catch(() => {});
  const [line] = await command.logged(({ level }) => level === 'error');
  assert.match(JSON.stringify(line), /"message":"thrown".*the process ends/);
  assert.deepEqual(await finish(), [200, 200, 200]);
  assert.equal(await command.exit, 1);
});
