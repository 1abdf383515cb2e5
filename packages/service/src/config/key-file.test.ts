import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { newApiKey } from '../http/authentication/api-keys.ts';
import { assertSafeToServe } from './checks.ts';
import { loadConfig } from './config.ts';
import { readApiKeys } from './key-file.ts';
import { openNotice } from './open-notice.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-key-file-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function fileWith(text: string): string {
  const path = join(folder, `${files++}.keys`);
  writeFileSync(path, text);
  return path;
}

const [SHOP, WEB] = [newApiKey('shop', 'write'), newApiKey('web', 'validate', Date.UTC(2027, 0, 31))];

test('a file has one key a line; comments, empty lines and spaces do not matter', () => {
  const file = fileWith(`# keys\r\n\n  ${SHOP.configured}  \r\n#${SHOP.configured}\n${WEB.configured}\n`);
  const names = (env: NodeJS.ProcessEnv) => readApiKeys(loadConfig(env)).map(({ name, expires }) => [name, expires]);
  const inFile = [
    ['shop', null],
    ['web', Date.UTC(2027, 0, 31)],
  ];
  assert.deepEqual(names({ SESSIONS_API_KEYS_FILE: file }), inFile);
  const { configured } = newApiKey('first', 'admin');
  assert.deepEqual(names({ SESSIONS_API_KEYS_FILE: file, SESSIONS_API_KEYS: configured }), [
    ['first', null],
    ...inFile,
  ]);
});

test('a bad file is an error with the setting, the file and the line, without the key', () => {
  const [empty, wrong] = [fileWith('# none yet\n'), fileWith(`${SHOP.configured}\n\n${WEB.key}\n`)];
  const twice = fileWith(`${WEB.configured}\n${SHOP.configured}\n`);
  const cases: [NodeJS.ProcessEnv, string][] = [
    [{ SESSIONS_API_KEYS_FILE: empty }, `SESSIONS_API_KEYS_FILE has no key in ${empty}: write one key a line.`],
    [{ SESSIONS_API_KEYS_FILE: wrong }, 'SESSIONS_API_KEYS_FILE is invalid in line 3: a key must have the form <name>'],
    [
      { SESSIONS_API_KEYS_FILE: twice, SESSIONS_API_KEYS: SHOP.configured },
      `SESSIONS_API_KEYS_FILE is invalid in line 2: the name shop is already used by an earlier entry of ${twice}.`,
    ],
    [{ SESSIONS_API_KEYS_FILE: join(folder, 'none') }, 'SESSIONS_API_KEYS_FILE cannot be read: ENOENT'],
    [{ SESSIONS_API_KEYS_FILE: folder }, 'SESSIONS_API_KEYS_FILE cannot be read: EISDIR'],
  ];
  for (const [env, message] of cases) {
    const expected = (error: Error) => error.message.startsWith(message) && !error.message.includes(WEB.key);
    assert.throws(() => readApiKeys(loadConfig(env)), expected, message);
  }
});

test('a service with a file of keys is not open, and cannot turn keys off', () => {
  const env = { SESSIONS_API_KEYS_FILE: fileWith(SHOP.configured), SESSIONS_HOST: '0.0.0.0' };
  assertSafeToServe(loadConfig(env));
  assert.equal(openNotice(loadConfig(env)), null);
  assert.throws(() => assertSafeToServe(loadConfig({ ...env, SESSIONS_AUTH: 'none' })), {
    message: /SESSIONS_API_KEYS_FILE has keys, which would not be checked/,
  });
});
