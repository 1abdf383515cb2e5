import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { newApiKey, parseApiKey } from '../../http/authentication/api-keys.ts';
import { createStore } from '../../stores/create-store.ts';
import { runCommand } from './fixtures/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-application-'));
after(() => rmSync(folder, { recursive: true }));

test('a wrong command, option or value ends with 2 and names the nearest known one', async () => {
  const cases: readonly (readonly [args: readonly string[], says: string, help: string])[] = [
    [['lst'], 'Unknown command "lst". Did you mean "list"?', ''],
    [['exprot'], 'Unknown command "exprot". Did you mean "export"?', ''],
    [['user', 'sign-ot', 'x'], 'Unknown command "sign-ot". Did you mean "sign-out"?', ' user'],
    [['list', '--usr-id', 'x'], 'Unknown option "--usr-id". Did you mean "--user-id"?', ' list'],
    [['list', '--limit', '0'], '--limit must be a whole number from 1 to 1000000, but is "0".', ' list'],
    [
      ['list', '--from-time', 'x'],
      '--from-time must be a time like 2026-01-31T12:00:00Z, or a time span like 30m, 2h or 7d, but is "x".',
      ' list',
    ],
    [['close', 'x', '--reason', 'y'], '--reason must be one of closed, revoked, but is "y".', ' close'],
    [['open', 'x', '--data', '{'], '--data must be JSON, such as {"cart":[]}, but is "{".', ' open'],
    [['show'], '<id> is missing.', ' show'],
    [['show', 'a', 'b'], 'Unexpected argument "b".', ' show'],
    [['list', '--limit'], '--limit needs a value.', ' list'],
  ];
  for (const [args, says, help] of cases) {
    const { code, stdout, said } = await runCommand(args);
    assert.deepEqual([code, stdout, said], [2, '', [says, `Try "pip-sessions${help} --help".`]], args.join(' '));
  }
});

test('contradictions of options end with 2 before anything is sent', async () => {
  const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['list', '--url', 'http://x', '--store', 'sqlite:x'], /^Use either --url and --key, or --store and --config\.$/],
    [['list', '--url', 'x'], /^--url must be the URL of a service/],
    [['list', '--key', 'psk_secret\n'], /^The API key has a character that no key has: check --key or SESSIONS_KEY\.$/],
    [['list', '--active', '--ended'], /^Use either --active or --ended\.$/],
    [['list', '--store', 'memory:'], /^A memory: store ends with its process/],
    [
      ['list', '--store', `sqlite:${folder}/none.db`],
      /^The file .* does not exist, so there is nothing to read or change\.$/,
    ],
    [['open', 'x', '--actor-id', 'y'], /^Use --actor-type and --actor-id together\.$/],
    [['completion', 'tcsh'], /^The shell must be one of bash, zsh, fish, but is "tcsh"\.$/],
  ];
  for (const [args, says] of cases) {
    const { code, stdout, said } = await runCommand(args);
    assert.deepEqual([code, stdout, said.length], [2, '', 1], args.join(' '));
    assert.match(String(said[0]), says);
  }
});

test('a SQLite file that a service holds gives a message that says to use --url', async () => {
  const url = `sqlite:${folder}/held.db`;
  const store = await createStore(url);
  await store.open();
  const { code, said } = await runCommand(['list', '--store', url]);
  await store.close();
  assert.equal(code, 1);
  assert.match(said.join(), /is served by another process: .* use --url with its address\.$/);
  const tailed = await runCommand(['tail', '--store', url]);
  assert.deepEqual(tailed.code, 2);
  assert.match(tailed.said.join(), /Use --url with a running service\.$/);
});

test('a server that is no sessions service ends with 1 and one line', async (t) => {
  const server = createServer((_, response) => response.end('<h1>hello</h1>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, said } = await runCommand(['list', '--url', `${url}/`]);
  assert.deepEqual([code, said], [1, [`The response of ${url} is not JSON: it may not be a sessions service.`]]);
});

test('a list of several pages is complete; a key without the scope ends with 1', async (t) => {
  const { key, configured } = newApiKey('web', 'write');
  const admin = newApiKey('ops', 'admin');
  const keys = [parseApiKey(configured), parseApiKey(admin.configured)];
  const server = await startTestServer({ keys, settings: { page_size_max: 2 } });
  t.after(() => server.stop());
  for (const user_id of ['a', 'b', 'c', 'd', 'e']) await server.sessions.open({ user_id });
  const env = { SESSIONS_URL: server.url, SESSIONS_KEY: admin.key };
  assert.equal((await runCommand(['list', '--json'], { env })).stdout.match(/\n/g)?.length, 5);
  const closed = await runCommand(['close-many', '--all', '--yes', '--json'], { env });
  assert.equal(closed.stdout, '{"closed":5}\n');
  const forbidden = await runCommand(['list'], { env: { ...env, SESSIONS_KEY: key } });
  assert.deepEqual([forbidden.code, forbidden.stdout, forbidden.said.length], [1, '', 1]);
  assert.match(String(forbidden.said[0]), /admin/);
});

test('config check ends with 2 for wrong settings; config print hides secrets', async () => {
  const { configured } = newApiKey('web', 'write');
  const env = {
    SESSIONS_STORE: 'postgres://u:pass-word@db/s',
    SESSIONS_API_KEYS: configured,
    SESSIONS_URL: 'http://x',
  };
  const checked = await runCommand(['config', 'check'], { env });
  assert.deepEqual(checked, { code: 0, stdout: 'The settings are valid.\n', said: [] });
  const wrong = await runCommand(['config', 'check'], { env: { SESSIONS_PROT: '1' } });
  assert.equal(wrong.code, 2);
  assert.match(wrong.said.join(), /^SESSIONS_PROT is not a setting\. Did you mean SESSIONS_PORT\?/);
  for (const args of [
    ['config', 'print'],
    ['config', 'print', '--json'],
  ]) {
    const { code, stdout } = await runCommand(args, { env });
    assert.equal(code, 0);
    assert.match(stdout, /postgres:\/\/u:…@db\/s/);
    assert.match(stdout, /web:write/);
    assert.ok(!stdout.includes('pass-word') && !stdout.includes(configured.slice(-64)));
  }
});

test('key create prints a new key, key list the configured ones without their hashes', async () => {
  const created = await runCommand(['key', 'create', '--name', 'web', '--scope', 'write', '--json']);
  const { key, configured } = JSON.parse(created.stdout);
  assert.match(key, /^psk_[\w-]{43}$/);
  const text = await runCommand(['key', 'create', '--name', 'web', '--scope', 'write']);
  assert.match(text.stdout, /psk_[\w-]{43}/);
  const bad = await runCommand(['key', 'create', '--name', 'Web', '--scope', 'write', '--json']);
  assert.deepEqual([bad.code, bad.stdout], [2, '']);
  writeFileSync(`${folder}/keys.yml`, `api_keys: ["${configured}"]\n`);
  const listed = await runCommand(['key', 'list', '--config', `${folder}/keys.yml`]);
  assert.equal(listed.stdout, 'NAME  SCOPE  EXPIRES\nweb   write  -\n');
  const lines = await runCommand(['key', 'list', '--json'], { env: { SESSIONS_API_KEYS: configured } });
  assert.equal(lines.stdout, '{"name":"web","scope":"write","expires":null}\n');
});

test('key create and key list show when a key expires', async () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 26));
  const args = ['key', 'create', '--name', 'web', '--scope', 'write', '--expires'];
  const created = JSON.parse((await runCommand([...args, '90d', '--json'], { clock })).stdout);
  assert.equal(created.expires, '2027-02-24T00:00:00.000Z');
  const env = { SESSIONS_API_KEYS: created.configured };
  assert.equal(
    (await runCommand(['key', 'list'], { env, clock })).stdout,
    'NAME  SCOPE  EXPIRES\nweb   write  in 90 d\n',
  );
  const past = await runCommand([...args, '2020-01-01', '--json'], { clock });
  assert.deepEqual([past.code, past.said], [2, ['No key was created: --expires must be in the future.']]);
  const text = await runCommand([...args, 'never'], { clock });
  assert.deepEqual([text.code, text.stdout], [2, '']);
});

test('completion prints a script for each shell, which gets commands and options', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await runCommand(['completion', shell]);
    assert.equal(code, 0);
    assert.match(stdout, /pip-sessions __complete/);
  }
  assert.match((await runCommand(['__complete', 'us'])).stdout, /^user$/m);
  assert.match((await runCommand(['__complete', 'user', 's'])).stdout, /^sessions\nsign-out$/m);
  assert.match((await runCommand(['__complete', 'list', '--us'])).stdout, /^--user-id$/m);
});
