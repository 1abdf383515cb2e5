import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../../../../../testing/http/test-server.ts';
import { ended, run, start } from '../../transfer/fixtures/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-process-'));
after(() => rmSync(folder, { recursive: true }));

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

test('a command reads its pipe, prints, and ends with its exit code', async () => {
  const url = ['--url', server.url];
  const { code, stdout, stderr } = await run(folder, ['open', 'ann', '--json', ...url]);
  assert.deepEqual([code, stderr], [0, '']);
  const { token } = JSON.parse(stdout);
  const [valid, unknown, closing] = await Promise.all([
    run(folder, ['validate', '--json', ...url], `${token}\n`),
    run(folder, ['validate', ...url], 'x\n'),
    run(folder, ['close-many', '--user-id', 'ann', ...url]),
  ]);
  assert.equal(JSON.parse(valid.stdout).session.user_id, 'ann');
  assert.deepEqual(unknown, { code: 3, stdout: '', stderr: 'pip-sessions: The token belongs to no session.\n' });
  assert.equal(closing.code, 2);
  assert.match(
    closing.stderr,
    /^pip-sessions: Nothing was changed\. Add --yes to close 1 session without a question\.\n$/,
  );
});

test('wrong options of the command and of serve name the nearest known one', async () => {
  const [listed, served] = await Promise.all([
    run(folder, ['list', '--jsn', '--url', server.url]),
    run(folder, ['serve', '--prot', '0']),
  ]);
  assert.deepEqual(listed, {
    code: 2,
    stdout: '',
    stderr:
      'pip-sessions: Unknown option "--jsn". Did you mean "--json"?\npip-sessions: Try "pip-sessions list --help".\n',
  });
  assert.equal(served.code, 2);
  assert.match(
    served.stderr,
    /^pip-sessions: Unknown option '--prot'.* Did you mean --port\?\nTry "pip-sessions --help"\.\n$/,
  );
});

test('tail ends with 0 after Ctrl+C, and with 141 when its reader has ended', async () => {
  const child = start(folder, 'tail', '--url', server.url);
  await once(child.stderr, 'readable');
  child.kill('SIGINT');
  assert.deepEqual(await ended(child).then(({ code, stdout }) => [code, stdout]), [0, '']);
  const piped = start(folder, 'tail', '--url', server.url);
  await once(piped.stderr, 'data');
  piped.stdout.destroy();
  const exit = once(piped, 'close');
  await server.sessions.open({ user_id: 'bob' });
  assert.deepEqual((await exit)[0], 141);
});
