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

test('without settings the service stores sessions in SQLite and listens on loopback', () => {
  const config = loadConfig({ HOME: '/root', PATH: '/bin' });
  assert.deepEqual([config.store, config.host, config.port], ['sqlite:data/sessions.db', '127.0.0.1', 8080]);
  assert.ok(Object.isFrozen(config));
});

test('the environment overrides the file, and SESSIONS_PORT overrides PORT', () => {
  const file = yaml('good.yml', 'port: 1000\nidle_timeout: 60\ncors_origins: [https://a.example]\n');
  const config = loadConfig({ SESSIONS_CONFIG: file, PORT: '2000', SESSIONS_IDLE_TIMEOUT: '70' });
  assert.deepEqual([config.port, config.idle_timeout, config.cors_origins], [2000, 70, ['https://a.example']]);
  assert.equal(loadConfig({ PORT: '2000', SESSIONS_PORT: '3000' }).port, 3000);
});

test('an unknown or bad setting stops the start; the message says what is allowed', () => {
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [{ SESSIONS_PROT: '1' }, /^SESSIONS_PROT is not a setting\. Did you mean SESSIONS_PORT\? The settings are store, /],
    [{ SESSIONS_PORT: '80a' }, /^SESSIONS_PORT must be a whole number from 0 to 65535, but is "80a"/],
    [{ PORT: '-1' }, /^PORT must be a whole number/],
    [{ SESSIONS_LOG_LEVEL: 'loud' }, /^SESSIONS_LOG_LEVEL must be one of trace, /],
    [{ SESSIONS_CORS_ORIGINS: 'https://a.example/path' }, /^SESSIONS_CORS_ORIGINS must list origins/],
    [{ SESSIONS_CORS_ORIGINS: '*' }, /^SESSIONS_CORS_ORIGINS must list origins/],
    [{ SESSIONS_STORE: '' }, /^SESSIONS_STORE must be a URL like sqlite:data\/sessions\.db, postgres:/],
    [{ SESSIONS_WORKERS: '0' }, /^SESSIONS_WORKERS must be a whole number from 1 to 64, but is "0"/],
    [
      { SESSIONS_ALLOWED_HOSTS: 'a.example:8080' },
      /^SESSIONS_ALLOWED_HOSTS must list host names like .* without a port/,
    ],
    [{ SESSIONS_ALLOWED_HOSTS: 'a.example,*' }, /^SESSIONS_ALLOWED_HOSTS must list host names/],
    [{ SESSIONS_ALLOWED_HOSTS: 'http://a.example' }, /^SESSIONS_ALLOWED_HOSTS must list host names/],
    [{ SESSIONS_WORKERS: '65' }, /^SESSIONS_WORKERS must be a whole number from 1 to 64/],
    [{ SESSIONS_TLS_KEY: '' }, /^SESSIONS_TLS_KEY must be a non-empty string/],
    [{ SESSIONS_AUTH: 'off' }, /^SESSIONS_AUTH must be one of keys, none, but is "off"/],
    [{ SESSIONS_V1: 'none' }, /^SESSIONS_V1 must be one of keys, open, off, but is "none"/],
    [{ SESSIONS_LIMIT_POLICY: 'allow' }, /^SESSIONS_LIMIT_POLICY must be one of .*evict_oldest/],
    [{ SESSIONS_TOUCH_INTERVAL: '3601' }, /^SESSIONS_TOUCH_INTERVAL must be a whole number of seconds from 0 to 3600/],
    [{ SESSIONS_ROTATION_GRACE: '601' }, /^SESSIONS_ROTATION_GRACE must be a whole number of seconds from 0 to 600/],
    [{ SESSIONS_MAX_PER_USER: '10001' }, /^SESSIONS_MAX_PER_USER must be a whole number from 0 to 10000/],
    [{ SESSIONS_CONFIG: join(folder, 'none.yml') }, /none\.yml cannot be read/],
    [{ SESSIONS_CONFIG: yaml('list.yml', '- a') }, /list\.yml must contain keys/],
    [{ SESSIONS_CONFIG: yaml('broken.yml', 'a: [') }, /broken\.yml cannot be read/],
    [{ SESSIONS_CONFIG: yaml('unknown.yml', 'prot: 1') }, /^prot in .*unknown\.yml is not a setting/],
    [{ SESSIONS_CONFIG: yaml('bad.yml', 'port: [1]') }, /^port in .*bad\.yml must be a whole number/],
  ];
  for (const [env, message] of cases) assert.throws(() => loadConfig(env), { code: 'INVALID_CONFIG', message });
});

test('variables of the client, and those that orchestrators set, are ignored', () => {
  const config = loadConfig({
    SESSIONS_SERVICE_HOST: '10.0.0.1',
    SESSIONS_SERVICE_PORT: '8080',
    SESSIONS_SERVICE_PORT_HTTP: '8080',
    SESSIONS_PORT: 'tcp://10.0.0.1:8080',
    SESSIONS_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
    SESSIONS_PORT_8080_TCP_PROTO: 'tcp',
    SESSIONS_PORT_8080_TCP_PORT: '8080',
    SESSIONS_PORT_8080_TCP_ADDR: '10.0.0.1',
    SESSIONS_DB_SERVICE_HOST: '10.0.0.2',
    SESSIONS_DB_SERVICE_PORT_POSTGRES: '5432',
    SESSIONS_DB_PORT: 'tcp://10.0.0.2:5432',
    SESSIONS_DB_PORT_5432_TCP_ADDR: '10.0.0.2',
    SESSIONS_DB_NAME: '/web/sessions-db',
    SESSIONS_DB_ENV_PGDATA: '/var/lib',
    SESSIONS_URL: 'http://127.0.0.1:8080',
    SESSIONS_KEY: 'psk_1',
  });
  assert.equal(config.port, 8080);
  assert.throws(() => loadConfig({ SESSIONS_DB_URL: 'x' }), { code: 'INVALID_CONFIG' });
});

test('the error for a misspelt setting suggests the right one', () => {
  const file = yaml('misspelt.yml', 'idle_timout: 1');
  assert.throws(() => loadConfig({}, file), /idle_timout in .* Did you mean idle_timeout\? The settings are /);
  assert.throws(() => loadConfig({ SESSIONS_APIKEYS: '' }), /Did you mean SESSIONS_API_KEYS\? The settings are /);
  assert.throws(() => loadConfig({ SESSIONS_PROT: '1' }), /Did you mean SESSIONS_PORT\? The settings are /);
  assert.throws(() => loadConfig({ SESSIONS_NONSENSE_THAT_IS_FAR: '' }), /metrics_token\.$/);
});

test('all wrong settings are reported at once', () => {
  assert.throws(() => loadConfig({ SESSIONS_PORT: 'x', SESSIONS_PROT: '1', SESSIONS_HOST: '' }), {
    code: 'INVALID_CONFIG',
    message: /^3 settings are wrong:\n {2}SESSIONS_PROT is .*\n {2}SESSIONS_HOST must .*\n {2}SESSIONS_PORT must .*$/,
  });
  const apart = { SESSIONS_IDLE_TIMEOUT: '100', SESSIONS_IDLE_TIMEOUT_MAX: '99', SESSIONS_TLS_KEY: 'key.pem' };
  assert.throws(
    () => loadConfig(apart),
    /^SessionsError: 2 settings are wrong:\n {2}SESSIONS_IDLE_TIMEOUT .*\n {2}SESSIONS_TLS_CERT /,
  );
});

test('allowed hosts are names, wildcards and addresses, in lower case', () => {
  const { allowed_hosts } = loadConfig({
    SESSIONS_ALLOWED_HOSTS: 'Sessions, my_sessions.Internal, *.cluster.local, 10.0.0.1, ::1',
  });
  assert.deepEqual(allowed_hosts, ['sessions', 'my_sessions.internal', '*.cluster.local', '10.0.0.1', '::1']);
});

test('API keys are read from a string with commas, and from a list in the file', () => {
  const lines = ['web:write:', 'ops:admin:'].map((start, index) => start + String(index).repeat(64));
  const file = yaml('keys.yml', `api_keys:\n${lines.map((line) => `  - ${line}\n`).join('')}`);
  const config = loadConfig({ SESSIONS_API_KEYS: ` ${lines.join(' ,\n ')}, ` });
  assert.deepEqual(config.api_keys, loadConfig({}, file).api_keys);
  assert.deepEqual(
    config.api_keys.map(({ name, scope }) => [name, scope]),
    [
      ['web', 'write'],
      ['ops', 'admin'],
    ],
  );
});

test('an empty SESSIONS_API_KEYS stops the start instead of opening the service', () => {
  for (const empty of ['', ' ', ',']) {
    const message = /^SESSIONS_API_KEYS is set but has no key: remove the setting for a service without keys\.$/;
    assert.throws(() => loadConfig({ SESSIONS_API_KEYS: empty }), { code: 'INVALID_CONFIG', message });
  }
});

test('no error about API keys, or about a file with keys, repeats a key', () => {
  const secret = 'a1'.repeat(32);
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [{ SESSIONS_API_KEYS: secret }, /^SESSIONS_API_KEYS is invalid in entry 1: a key must have the form <name>/],
    [{ SESSIONS_API_KEYS: `web:write:psk_${secret}` }, /entry 1: the key web must be set by its SHA-256/],
    [{ SESSIONS_API_KEYS: `web:${secret}:write` }, /entry 1: the key web must have one of the scopes/],
    [{ SESSIONS_API_KEYS: `a:write:${secret},b:write:${secret}` }, /entry 2: b has the same key as a/],
    [
      { SESSIONS_CONFIG: yaml('number.yml', `api_keys: 1`) },
      /^api_keys in .*number\.yml must be a list of API keys\.$/,
    ],
    [{ SESSIONS_CONFIG: yaml('map.yml', `api_keys: {web: ${secret}}`) }, /map\.yml must be a list of API keys\.$/],
    [{ SESSIONS_CONFIG: yaml('maps.yml', `api_keys: [web: ${secret}]`) }, /maps\.yml is invalid in entry 1/],
    [
      { SESSIONS_CONFIG: yaml('cut.yml', `port: 1\napi_keys: ["web:write:${secret}\n`) },
      /cut\.yml cannot be read: it is not valid YAML at line 3, column 1 \(\w+\)\.$/,
    ],
    [{ SESSIONS_CONFIG: yaml('alias.yml', `api_keys: *${secret}`) }, /alias\.yml cannot be read: it is not valid YAML/],
  ];
  for (const [env, message] of cases) {
    const isSafe = (error: Error) => message.test(error.message) && !error.message.includes(secret.slice(0, 8));
    assert.throws(() => loadConfig(env), isSafe, String(message));
  }
});

test('no error about the store contains its password', () => {
  const urls = [
    '//app:hunter2@db/app',
    'Postgres://app:hunter2@db/app',
    'hunter2',
    5,
    ['postgres://app:hunter2@db/app'],
  ];
  for (const url of urls) {
    const file = yaml('store.yml', `store: ${JSON.stringify(url)}`);
    const isSafe = (error: Error) =>
      /must be a URL like/.test(error.message) && !/hunter2|, but is/.test(error.message);
    assert.throws(() => loadConfig({}, file), isSafe, String(url));
  }
});

test('the help lists every setting with its default', () => {
  const variables = configHelp().map(({ variable }) => variable);
  assert.deepEqual(
    variables,
    Object.keys(loadConfig({})).map((key) => `SESSIONS_${key.toUpperCase()}`),
  );
  assert.deepEqual(configHelp().find(({ variable }) => variable === 'SESSIONS_PORT')?.value, '8080');
  assert.deepEqual(configHelp().find(({ variable }) => variable === 'SESSIONS_TLS_KEY')?.value, 'none');
});
