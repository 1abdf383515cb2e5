import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresStoreConfig } from './config.ts';

const URL_START = 'postgres://user:secret@db:5433/sessions';

test('postgres: the store URL sets the server, the user and the settings', () => {
  const config = postgresStoreConfig(`${URL_START}?schema=other&partitions=16&connections=20&call_timeout_ms=500`);
  const { server, address, schema, partitions, call_timeout_ms } = config;
  assert.deepEqual(server, {
    host: 'db',
    port: 5433,
    database: 'sessions',
    user: 'user',
    password: 'secret',
    ssl: false,
  });
  assert.deepEqual([address, schema, partitions, call_timeout_ms], ['db:5433/sessions', 'other', 16, 500]);
  assert.equal(config.readers + config.writers + config.lists + config.bulks, 20);
});

test('postgres: every kind of call gets at least one connection', () => {
  for (let connections = 4; connections <= 40; connections += 1) {
    const { readers, writers, lists, bulks } = postgresStoreConfig(`${URL_START}?connections=${connections}`);
    assert.ok(Math.min(readers, writers, lists, bulks) >= 1);
    assert.equal(readers + writers + lists + bulks, connections);
  }
});

test('postgres: host, user, password and database may be percent-encoded', () => {
  const { server } = postgresStoreConfig('postgresql://a%40b:p%2Fw%3A@[::1]/d%20b');
  assert.deepEqual([server.host, server.user, server.password, server.database], ['::1', 'a@b', 'p/w:', 'd b']);
  assert.equal(postgresStoreConfig('postgres://%2Frun%2Fpostgresql/db').server.host, '/run/postgresql');
});

test('postgres: sslmode has the same meaning as in libpq', () => {
  const ssl = (mode: string) => postgresStoreConfig(`${URL_START}?sslmode=${mode}`).server.ssl;
  assert.equal(ssl('disable'), false);
  assert.deepEqual(ssl('require'), { rejectUnauthorized: false });
  assert.deepEqual(ssl('verify-full'), {});
});

test('postgres: an invalid URL is rejected with the reason, without its password', () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['postgres:/db', /use a form like "postgres:\/\/user:password@host:5432\/database"/],
    [`${URL_START}?schema=Other`, /"schema"/],
    [`${URL_START}?schema=x;drop`, /"schema"/],
    [`${URL_START}?partitions=3`, /"partitions"; allowed: 1, 16/],
    [`${URL_START}?connections=3`, /"connections"; allowed: 4 to 1000/],
    [`${URL_START}?call_timeout_ms=1e3`, /"call_timeout_ms"; allowed: 100 to 60000/],
    [`${URL_START}?sslmode=prefer`, /"sslmode"; allowed: disable, require, verify-ca, verify-full/],
    [`${URL_START}?sslmode=verify-ca&sslrootcert=/nowhere`, /"sslrootcert" that cannot be read/],
    [`${URL_START}?schema=a&schema=b`, /the parameter "schema" twice/],
    [`${URL_START}?pool=3`, /the unknown parameter "pool"; allowed: schema, partitions/],
  ];
  for (const [url, message] of bad) {
    assert.throws(() => postgresStoreConfig(url), { code: 'INVALID_CONFIG', message });
    assert.throws(
      () => postgresStoreConfig(url),
      (error: Error) => !error.message.includes('secret'),
    );
  }
});
