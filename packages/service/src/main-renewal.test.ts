import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { KeyList } from '@pip-sessions/contract/v2';
import { RedisServer } from '../../../testing/servers/redis-server.ts';
import { Command } from '../../../testing/service/command.ts';
import { newApiKey } from './http/authentication/api-keys.ts';

/** Tests of the command whose certificates and API keys change while it runs. */

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const CERTIFICATES = fileURLToPath(new URL('../../../testing/certificates/', import.meta.url));
const skip = process.platform === 'win32' && 'Windows has no SIGHUP';
const skipped = RedisServer.isAvailable() ? skip : 'there is no Redis on this machine';
const root = mkdtempSync(join(tmpdir(), 'pip-sessions-renewal-'));
let redis: RedisServer;

before(async () => {
  if (!skipped) redis = await RedisServer.start();
});
after(async () => {
  await redis?.remove();
  rmSync(root, { recursive: true });
});

function run(t: TestContext, env: Record<string, string>): Command {
  const all = { SESSIONS_PORT: '0', SESSIONS_STORE: 'memory:', ...env };
  const command = new Command(MAIN, [], { cwd: root, env: all });
  t.after(() => command.kill());
  return command;
}

/** Replaces a file in one step. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

const isEvent = (event: string) => (line: Readonly<Record<string, unknown>>) => line.event === event;
const fingerprintOf = (name: string) =>
  new X509Certificate(readFileSync(join(CERTIFICATES, `${name}.crt.pem`))).fingerprint256;

/** Returns the fingerprint of the certificate that a new connection gets. */
async function presented(url: string): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** A folder like that of a Kubernetes secret, and a function that replaces its files in one step. */
function secretFolder(name: string) {
  const folder = join(root, name);
  mkdirSync(folder);
  let versions = 0;
  const replace = (certificate: string) => {
    const version = `..${versions++}`;
    mkdirSync(join(folder, version));
    for (const kind of ['crt', 'key']) {
      cpSync(join(CERTIFICATES, `${certificate}.${kind}.pem`), join(folder, version, `tls.${kind}`));
    }
    symlinkSync(version, join(folder, '..tmp'));
    renameSync(join(folder, '..tmp'), join(folder, '..data'));
  };
  replace('localhost');
  const [crt, key] = ['tls.crt', 'tls.key'].map((file) => join(folder, file));
  for (const file of ['tls.crt', 'tls.key']) symlinkSync(`..data/${file}`, join(folder, file));
  return { replace, env: { SESSIONS_TLS_CERT: String(crt), SESSIONS_TLS_KEY: String(key) }, crt: String(crt) };
}

test('a replaced certificate serves new connections; a bad file changes nothing', { skip }, async (t) => {
  const { replace, env, crt } = secretFolder('secret');
  const command = run(t, { ...env, SESSIONS_AUDIT: `file:${root}/audit.log` });
  const url = await command.started();
  assert.equal(await presented(url), fingerprintOf('localhost'));
  const open = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false });
  await once(open, 'secureConnect');
  replace('renewed');
  const [line] = await command.logged(isEvent('tls_renewed'));
  assert.equal(line?.fingerprint, fingerprintOf('renewed'));
  assert.equal(await presented(url), fingerprintOf('renewed'));
  open.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  assert.match(String((await once(open, 'data'))[0]), /^HTTP\/1.1 200/);
  put(crt, 'no certificate');
  command.process.kill('SIGHUP');
  const [bad] = await command.logged(isEvent('tls_not_renewed'));
  assert.match(String(bad?.reason), /tls\.crt.* cannot be used for TLS/);
  assert.equal(bad?.setting, 'SESSIONS_TLS_KEY');
  assert.equal(await presented(url), fingerprintOf('renewed'));
  const audited = readFileSync(`${root}/audit.log`, 'utf8').match(/"event":"tls_renewed"/g);
  assert.equal(audited?.length, 1);
});

test('keys of a file are added and removed by SIGHUP; streams of removed keys end', { skip }, async (t) => {
  const [old, next] = [newApiKey('old', 'admin'), newApiKey('next', 'admin')];
  const file = join(root, 'keys');
  put(file, `${old.configured}\n`);
  const command = run(t, { SESSIONS_API_KEYS_FILE: file, SESSIONS_AUDIT: `file:${root}/keys.log` });
  const url = await command.started();
  const call = (key: string, path = '/v2/keys') =>
    fetch(url + path, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(30_000) });
  const stream = await call(old.key, '/v2/changes');
  put(file, `${old.configured}\n${next.configured}\n`);
  command.process.kill('SIGHUP');
  await command.logged(isEvent('keys_renewed'));
  assert.deepEqual([(await call(old.key)).status, (await call(next.key)).status], [200, 200]);
  put(file, `${next.key}\n`);
  command.process.kill('SIGHUP');
  const [bad] = await command.logged(isEvent('keys_not_renewed'));
  assert.match(String(bad?.reason), /^SESSIONS_API_KEYS_FILE is invalid in line 1: a key must have the form/);
  assert.equal((await call(old.key)).status, 200);
  put(file, `${next.configured}\n`);
  command.process.kill('SIGHUP');
  const [, removal] = await command.logged(isEvent('keys_renewed'), 2);
  assert.partialDeepStrictEqual(removal, { added: [], removed: ['old'], changed: [] });
  // The stream ends, or is cut off if it was not read.
  await stream.text().catch(() => {});
  assert.deepEqual([(await call(old.key)).status, (await call(next.key)).status], [401, 200]);
  const log = command.stdout + readFileSync(`${root}/keys.log`, 'utf8');
  for (const { key } of [old, next]) assert.ok(!log.includes(key) && !log.includes(hash('sha256', key)));
  assert.equal(readFileSync(`${root}/keys.log`, 'utf8').match(/"event":"keys_renewed"/g)?.length, 2);
});

test('SIGHUP to the primary renews the keys of every worker', { skip: skipped }, async (t) => {
  const [old, next] = [newApiKey('old', 'admin'), newApiKey('next', 'admin')];
  const file = join(root, 'worker-keys');
  put(file, `${old.configured}\n`);
  const SESSIONS_STORE = `redis://127.0.0.1:${redis.port}`;
  const command = run(t, { SESSIONS_API_KEYS_FILE: file, SESSIONS_STORE, SESSIONS_WORKERS: '2' });
  await command.logged(({ msg }) => msg === 'started', 2);
  put(file, `${next.configured}\n`);
  command.process.kill('SIGHUP');
  const renewed = await command.logged(isEvent('keys_renewed'), 2);
  assert.equal(new Set(renewed.map(({ pid }) => pid)).size, 2);
  const url = await command.started();
  const headers = { authorization: `Bearer ${next.key}`, connection: 'close' };
  for (let calls = 0; calls < 4; calls += 1) assert.equal((await fetch(`${url}/v2/keys`, { headers })).status, 200);
  const { items } = (await (await fetch(`${url}/v2/keys`, { headers })).json()) as KeyList;
  assert.deepEqual(
    items.map(({ name, uses }) => [name, uses]),
    [['next', 5]],
  );
});
