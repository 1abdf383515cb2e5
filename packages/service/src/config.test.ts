import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { configHelp, loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-config-'));
after(() => rmSync(folder, { recursive: true }));

function yaml(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('without settings the service keeps sessions in SQLite and listens on loopback', () => {
  const config = loadConfig({ HOME: '/root', PATH: '/bin' });
  assert.deepEqual([config.store, config.host, config.port], ['sqlite:data/sessions.db', '127.0.0.1', 8080]);
  assert.ok(Object.isFrozen(config));
});

test('the environment wins over the file, and SESSIONS_PORT over PORT', () => {
  const file = yaml('good.yml', 'port: 1000\nidle_timeout: 60\ncors_origins: [https://a.example]\n');
  const config = loadConfig({ SESSIONS_CONFIG: file, PORT: '2000', SESSIONS_IDLE_TIMEOUT: '70' });
  assert.deepEqual([config.port, config.idle_timeout, config.cors_origins], [2000, 70, ['https://a.example']]);
  assert.equal(loadConfig({ PORT: '2000', SESSIONS_PORT: '3000' }).port, 3000);
});

test('an unknown or bad setting stops the start with a message that names it and says what it should be', () => {
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [{ SESSIONS_PROT: '1' }, /^SESSIONS_PROT is not a setting; known are store, /],
    [{ SESSIONS_PORT: '80a' }, /^SESSIONS_PORT must be a whole number from 0 to 65535, and is "80a"/],
    [{ PORT: '-1' }, /^PORT must be a whole number/],
    [{ SESSIONS_LOG_LEVEL: 'loud' }, /^SESSIONS_LOG_LEVEL must be one of trace, /],
    [{ SESSIONS_CORS_ORIGINS: 'https://a.example/path' }, /^SESSIONS_CORS_ORIGINS must list origins/],
    [{ SESSIONS_CORS_ORIGINS: '*' }, /^SESSIONS_CORS_ORIGINS must list origins/],
    [{ SESSIONS_STORE: '' }, /^SESSIONS_STORE must be a text/],
    [{ SESSIONS_CONFIG: join(folder, 'none.yml') }, /none\.yml cannot be read/],
    [{ SESSIONS_CONFIG: yaml('list.yml', '- a') }, /list\.yml must hold keys/],
    [{ SESSIONS_CONFIG: yaml('broken.yml', 'a: [') }, /broken\.yml cannot be read/],
    [{ SESSIONS_CONFIG: yaml('unknown.yml', 'prot: 1') }, /^prot in .*unknown\.yml is not a setting/],
    [{ SESSIONS_CONFIG: yaml('bad.yml', 'port: [1]') }, /^port in .*bad\.yml must be a whole number/],
  ];
  for (const [env, message] of cases) assert.throws(() => loadConfig(env), { code: 'INVALID_CONFIG', message });
});

test('the help lists every setting with its default', () => {
  const variables = configHelp().map(({ variable }) => variable);
  assert.deepEqual(
    variables,
    Object.keys(loadConfig({})).map((key) => `SESSIONS_${key.toUpperCase()}`),
  );
  assert.deepEqual(configHelp().find(({ variable }) => variable === 'SESSIONS_PORT')?.value, '8080');
});
