import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../../config/config.ts';
import { systemClock } from '../../../domain/time/clock.ts';
import { newApiKey } from '../../../http/authentication/api-keys.ts';
import { openAudit } from '../../../observability/audit/open-audit.ts';
import { createStore } from '../../../stores/create-store.ts';
import { runCommand } from '../fixtures/run-command.ts';
import { examineAudit } from './checks/audit.ts';
import { examineSettings } from './checks/settings.ts';
import type { Examination } from './examination.ts';
import { FINDING_KINDS } from './finding-kinds.ts';
import { assertFound, examined } from './fixtures/examined.ts';
import { machine } from './fixtures/machine.ts';
import type { Probes } from './probes.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-doctor-'));
after(() => rmSync(folder, { recursive: true }));

const ROOT = new URL('../../../../../../', import.meta.url);
const { configured } = newApiKey('web', 'write');

interface Given {
  readonly faults?: Partial<Probes>;
  readonly file?: string;
  readonly now?: number;
}

function examine(env: NodeJS.ProcessEnv, { faults = {}, file, now = Date.now() }: Given = {}): Promise<Examination> {
  const config = loadConfig(env, file);
  return examined((examination) => examineSettings(examination, { config, file, now, probes: machine(faults) }));
}

function tlsFiles(): { readonly key: string; readonly cert: string } {
  const [key = '', cert = ''] = ['key', 'crt'].map((name) => {
    const path = `${folder}/localhost.${name}.pem`;
    writeFileSync(path, readFileSync(new URL(`testing/certificates/localhost.${name}.pem`, ROOT)));
    chmodSync(path, 0o600);
    return path;
  });
  return { key, cert };
}

test('the defaults, and a service with keys and TLS in the network, have no finding', async () => {
  assertFound(await examine({}));
  const { key, cert } = tlsFiles();
  const env = { SESSIONS_HOST: '0.0.0.0', SESSIONS_API_KEYS: configured };
  assertFound(await examine({ ...env, SESSIONS_TLS_KEY: key, SESSIONS_TLS_CERT: cert }));
});

test('a service that is open to the network is found', async () => {
  const network = { SESSIONS_HOST: '0.0.0.0' };
  assertFound(await examine({ ...network, SESSIONS_AUTH: 'none' }), 'OPEN_TO_NETWORK', 'PLAIN_HTTP_TO_NETWORK');
  assertFound(await examine({ ...network, SESSIONS_API_KEYS: configured, SESSIONS_V1: 'open' }), 'OPEN_TO_NETWORK');
  assertFound(await examine(network), 'SETTINGS_INVALID');
});

test('sweeps that are off and an unlimited retention are found', async () => {
  assertFound(await examine({ SESSIONS_SWEEP_INTERVAL: '0' }), 'SWEEP_OFF');
  assertFound(await examine({ SESSIONS_RETENTION: '0' }), 'RETENTION_UNLIMITED');
});

test('a settings file with keys and a TLS key that others can read are found', async () => {
  const file = `${folder}/settings.yml`;
  writeFileSync(file, `api_keys: ["${configured}"]\n`);
  chmodSync(file, 0o644);
  assertFound(await examine({}, { file }), 'CONFIG_FILE_READABLE');
  chmodSync(file, 0o640);
  assertFound(await examine({}, { file }));
  writeFileSync(file, 'port: 1\n');
  chmodSync(file, 0o644);
  assertFound(await examine({}, { file }));
  const { key, cert } = tlsFiles();
  chmodSync(key, 0o644);
  assertFound(await examine({ SESSIONS_TLS_KEY: key, SESSIONS_TLS_CERT: cert }), 'TLS_KEY_READABLE');
});

test('a certificate that ends soon or has ended is found', async () => {
  const { key, cert } = tlsFiles();
  const env = { SESSIONS_TLS_KEY: key, SESSIONS_TLS_CERT: cert };
  assertFound(await examine(env, { now: Date.parse('2126-10-20') }), 'TLS_ENDS_SOON');
  assertFound(await examine(env, { now: Date.parse('2126-10-30') }), 'TLS_EXPIRED');
});

test('a low limit of open files and an old version of Node are found', async () => {
  assertFound(await examine({}, { faults: { openFilesMax: () => 1_024 } }), 'OPEN_FILES_LIMIT_LOW');
  assertFound(await examine({}, { faults: { nodeVersion: '22.1.0' } }), 'NODE_TOO_OLD');
});

test('an audit log that cannot be written, and a changed one, are found', async () => {
  const path = `${folder}/audit.log`;
  const examineFile = (setting: string, faults: Partial<Probes> = {}) =>
    examined((examination) => examineAudit(examination, setting, machine(faults)));
  const audit = openAudit(`file:${path}`, systemClock(), {
    write: () => {},
    onFault: (error) => assert.fail(String(error)),
  });
  for (let n = 0; n < 3; n += 1) audit.write('started', {});
  audit.close();
  assertFound(await examineFile(`file:${path}`));
  assertFound(await examineFile(`file:${path}`, { isWritable: async () => false }), 'AUDIT_NOT_WRITABLE');
  assertFound(await examineFile(`file:${folder}/none/audit.log`), 'AUDIT_NOT_WRITABLE');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, [lines[0], ...lines.slice(2)].join('\n'));
  assertFound(await examineFile(`file:${path}`), 'AUDIT_BROKEN');
});

test('the command prints a table or JSON, and its exit code shows a fault', async () => {
  const path = `${folder}/data/sessions.db`;
  const store = await createStore(`sqlite:${path}`);
  await store.open();
  await store.close();
  const healthy = await runCommand(['doctor', '--store', `sqlite:${path}`, '--json']);
  assert.equal(healthy.code, 0, healthy.stdout);
  assert.equal(JSON.parse(healthy.stdout).healthy, true);
  chmodSync(path, 0o666);
  const found = await runCommand(['doctor', '--store', `sqlite:${path}`]);
  assert.equal(found.code, 1);
  assert.match(
    found.stdout,
    /^SEVERITY +CODE +FINDING, AND WHAT TO DO\nwarning +SQLITE_FILE_READABLE +.* mode 0666\.\n +Run "chmod 600"/,
  );
  assert.match(found.said.join(), /^Found 0 errors, 1 warning and \d+ notes?\./);
  const down = await runCommand(['doctor', '--store', 'postgres://127.0.0.1:1/x']);
  assert.deepEqual([down.code, down.said.length], [5, 1]);
  assert.match(down.stdout, /^NOT CHECKED +REASON\n.*ECONNREFUSED\.$/m);
});

test('wrong settings are a finding, and the store of --store is examined nevertheless', async () => {
  const path = `${folder}/data/sessions.db`;
  chmodSync(path, 0o600);
  const env = { SESSIONS_PROT: '1' };
  const alone = await runCommand(['doctor', '--json'], { env });
  const { findings, unchecked } = JSON.parse(alone.stdout);
  assert.deepEqual([alone.code, findings[0].code, unchecked.length], [1, 'SETTINGS_INVALID', 1]);
  const both = await runCommand(['doctor', '--json', '--store', `sqlite:${path}`], { env });
  assert.deepEqual(JSON.parse(both.stdout).unchecked, []);
  assert.equal((await runCommand(['doctor', '--url', 'x'])).code, 2);
});

test('an interrupted examination ends with 130 and prints what it has found', async () => {
  const { code, stdout } = await runCommand(['doctor'], { signal: AbortSignal.abort() });
  assert.equal(code, 130);
  assert.match(stdout, /The command was interrupted\./);
});

test('a wrong URL in the settings is a finding, one in --store a wrong argument', async () => {
  const env = { SESSIONS_STORE: 'redis://host?shards=7' };
  const { code, stdout } = await runCommand(['doctor', '--json'], { env });
  assert.deepEqual([code, JSON.parse(stdout).findings[0].code], [1, 'SETTINGS_INVALID']);
  assert.equal((await runCommand(['doctor', '--store', 'redis://host?shards=7'])).code, 2);
  assert.equal((await runCommand(['doctor', '--store', 'memory:'])).code, 0);
});

test('each finding is caused by a test', () => {
  const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  const texts = tests.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join();
  const codes = Object.keys(FINDING_KINDS).filter((code) => !texts.includes(`'${code}'`));
  assert.deepEqual(codes, []);
});

test('docs/doctor.md has a section for each finding, and for no other', () => {
  const page = readFileSync(new URL('docs/doctor.md', ROOT), 'utf8');
  const sections = [...page.matchAll(/^### (\w+)\n\n\*(\w+)\* (.+)\n\n(.+)$/gm)].map(([, ...parts]) => parts);
  const kinds = Object.entries(FINDING_KINDS);
  assert.deepEqual(
    sections.sort(),
    kinds.map(([code, { severity, meaning, advice }]) => [code, severity, meaning, advice]).sort(),
  );
  for (const [code] of kinds) assert.match(code, /^[A-Z][A-Z_]+$/);
});
