import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commandEnvironment } from '../../../../testing/service/environment.ts';
import { loadConfig } from '../config/config.ts';
import { ApiKeys } from '../http/authentication/api-keys.ts';
import { keyCommand } from './key.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', MAIN, ...args], {
    env: commandEnvironment(),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the printed key is valid for a service with the printed line', () => {
  const text = keyCommand(['--name', 'web', '--scope', 'write']);
  const [key = '', ...otherKeys] = text.match(/psk_\S+/g) ?? [];
  const [line = '', ...otherLines] = text.match(/^ {2}web:write:\S+$/gm) ?? [];
  assert.deepEqual([otherKeys, otherLines], [[], []]);
  const keys = new ApiKeys(loadConfig({ SESSIONS_API_KEYS: line }).api_keys);
  assert.partialDeepStrictEqual(keys.find(key), { name: 'web', scope: 'write' });
  assert.match(text, /It is not stored anywhere/);
  assert.match(text, /add this line to SESSIONS_API_KEYS/);
});

test('a key with an expiry is valid until then, and the message says so', () => {
  const now = Date.UTC(2026, 10, 26, 10);
  const text = keyCommand(['--name', 'web', '--scope', 'write', '--expires', '90d'], now);
  const [line = ''] = text.match(/^ {2}web:write:\S+$/gm) ?? [];
  assert.match(text, /^The API key of web, with scope write, until 2027-02-25 \(UTC\)\./);
  assert.equal(loadConfig({ SESSIONS_API_KEYS: line }).api_keys[0]?.expires, Date.UTC(2027, 1, 25));
  const timed = keyCommand(['--name', 'web', '--scope', 'write', '--expires', '2027-01-31T12:00Z'], now);
  assert.match(timed, /^ {2}web:write:[0-9a-f]{64}:2027-01-31T12:00Z$/m);
});

test('each call creates another key', () => {
  const make = () => keyCommand(['--name', 'web', '--scope', 'admin']).match(/psk_\S+/)?.[0];
  assert.notEqual(make(), make());
});

test('bad arguments create no key; the message says what is allowed', () => {
  const cases: [string[], RegExp][] = [
    [[], /^No key was created: --name <name> is missing/],
    [['--name', 'web'], /^No key was created: --scope <scope> is missing, one of validate, write, admin\./],
    [['--name', 'Web', '--scope', 'write'], /^No key was created: the name of a key must be 1 to 40 characters/],
    [['--name', 'a:b', '--scope', 'write'], /^No key was created: the name of a key/],
    [['--name', '', '--scope', 'write'], /^No key was created: the name of a key/],
    [['--name', 'web', '--scope', 'root'], /^No key was created: the key web must have one of the scopes/],
    [['--name', 'web', '--scope', 'write', 'more'], /more/],
    [
      ['--name', 'web', '--scope', 'write', '--expires', '1y'],
      /^No key was created: --expires must be a number of days/,
    ],
    [['--name', 'web', '--scope', 'write', '--expires', '2020-01-01'], /^No key was created: --expires must be in the/],
    [['--nam', 'web'], /--nam/],
  ];
  for (const [args, message] of cases) assert.throws(() => keyCommand(args), { message }, args.join(' '));
});

test('"pip-sessions key" prints a key and ends with 0, or an error and ends with 1', () => {
  const good = run('key', '--name', 'web', '--scope', 'validate');
  assert.deepEqual([good.status, good.stderr], [0, '']);
  assert.match(good.stdout, /psk_[\w-]{43}\n/);
  const bad = run('key', '--name', 'web');
  assert.deepEqual([bad.status, bad.stdout], [1, '']);
  assert.match(bad.stderr, /^pip-sessions: No key was created: --scope <scope> is missing.*\n$/);
  assert.match(run('--help').stdout, /pip-sessions key --name <name> --scope <scope>/);
  assert.match(run('key', '--help').stdout, /--scope <scope> {3}what the key allows/);
});
