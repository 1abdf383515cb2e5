import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ConfigParams } from 'pip-services3-commons-nodex';
import { readContainerConfig } from './container/container-config.ts';
import { readArguments, SessionsProcess } from './process.ts';

const ORIGINAL_LIKE = fileURLToPath(new URL('./fixtures/original-like.yml', import.meta.url));
const OWN = fileURLToPath(new URL('../config/config.yml', import.meta.url));
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const QUIET = { LOG_LEVEL: 'none', HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' };

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-process-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function configFile(text: string): string {
  files += 1;
  const path = join(folder, `${files}.yml`);
  writeFileSync(path, text);
  return path;
}

async function started(t: TestContext, config: string, parameters: Record<string, string>): Promise<string> {
  const process = new SessionsProcess();
  await process.open(config, { ...QUIET, ...parameters });
  t.after(() => process.close());
  const [url] = process.urls;
  assert.ok(url);
  return url;
}

async function statusOf(url: string) {
  return (await (await fetch(`${url}/status`)).json()) as Record<string, unknown>;
}

async function openSession(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/sessions/open_session`, { method: 'POST', headers, body: '{"user_id":"1"}' });
  return ((await answer.json()) as { id: string }).id;
}

/** Runs the command until it has printed its URL or has ended. */
function run(args: readonly string[], env: Record<string, string> = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env } };
  const child = spawn(process.execPath, ['--conditions=source', MAIN, ...args], options);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text));
  const url = new Promise<string>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output.stderr += text;
      const match = /Serving sessions on (\S+)\. /.exec(output.stderr);
      if (match?.[1]) resolve(match[1]);
    });
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, url, exit };
}

test('a configuration of the microservice works unchanged, with standard components', async (t) => {
  const url = await started(t, ORIGINAL_LIKE, { HTTP_ENABLED: 'true', STAGE: 'test' });
  assert.ok(await openSession(url));
  const status = await statusOf(url);
  assert.equal(status.name, 'app-sessions');
  assert.equal(status.description, 'Sessions of the app');
  assert.deepEqual(status.properties, { stage: 'test' });
  assert.deepEqual(status.components, [
    'pip-services:context-info:default:default:1.0',
    'pip-services:logger:console:default:1.0',
    'pip-services:counters:log:default:1.0',
    'service-sessions:persistence:memory:default:1.0',
    'service-sessions:controller:default:default:1.0',
    'pip-services:endpoint:http:default:1.0',
    'service-sessions:service:commandable-http:default:1.0',
    'pip-services:heartbeat-service:http:default:1.0',
    'pip-services:status-service:http:default:1.0',
    'pip-services:swagger-service:http:default:1.0',
  ]);
  assert.equal((await fetch(`${url}/heartbeat`)).status, 200);
});

test('the configuration of the package serves HTTP by default', async (t) => {
  const url = await started(t, OWN, {});
  assert.ok(await openSession(url));
  assert.equal((await statusOf(url)).name, 'sessions');
});

for (const config of [ORIGINAL_LIKE, OWN]) {
  test(`FILE_ENABLED and FILE_PATH set the file: ${config === OWN ? 'own' : 'original'}`, async (t) => {
    files += 1;
    const path = join(folder, `${files}.json`);
    const url = await started(t, config, { HTTP_ENABLED: 'true', FILE_ENABLED: 'true', FILE_PATH: path });
    const id = await openSession(url);
    assert.equal(JSON.parse(readFileSync(path, 'utf8'))[0].id, id);
  });
}

test('a component that no factory can create stops the start and is named', async () => {
  const process = new SessionsProcess();
  await assert.rejects(process.open(ORIGINAL_LIKE, { ...QUIET, MONGO_ENABLED: 'true' }), {
    category: 'Misconfiguration',
    message: /service-sessions:persistence:mongodb:default:1\.0/,
  });
});

test('a factory of the application can create components of the configuration', async () => {
  const path = configFile('- descriptor: "mine:greeter:default:default:1.0"\n  text: hello\n');
  let greeting = '';
  const greeter = {
    configure(config: ConfigParams) {
      greeting = config.getAsString('text');
    },
  };
  const process = new SessionsProcess();
  process.addFactory({
    canCreate: (locator) => (String(locator).startsWith('mine:greeter') ? locator : null),
    create: () => greeter,
  });
  await process.open(path, {});
  await process.close();
  assert.equal(greeting, 'hello');
});

test('templates: every form works, false is not set, and sections see outer names', async () => {
  const path = configFile(`
- descriptor: "t:plain:default:default:1.0"
  path: {{PATH_TO}}{{#unless PATH_TO}}"none"{{/unless}}
  raw: {{{PATH_TO}}}
  enable: {{OFF}}
  missing: {{NONE}}{{#unless NONE}}"none"{{/unless}}
{{#if A}}
- descriptor: "t:if:{{A}}:default:1.0"
{{/if}}
{{#unless A}}
- descriptor: "t:unless:default:default:1.0"
{{/unless}}
{{#A}}
- descriptor: "t:section:{{B}}:{{{A}}}:1.0"
{{/A}}
{{^NONE}}
- descriptor: "t:inverted:{{B}}:default:1.0"
{{/NONE}}
{{#if OFF}}
- descriptor: "t:off:{{B}}:default:1.0"
{{/if}}
`);
  const components = await readContainerConfig(path, { A: 'a', B: 'b', OFF: 'false', PATH_TO: '/tmp/a&b' });
  assert.deepEqual(
    components.map(({ descriptor }) => String(descriptor)),
    ['t:plain:default:default:1.0', 't:if:a:default:1.0', 't:section:b:a:1.0', 't:inverted:b:default:1.0'],
  );
  const plain = components[0]?.config;
  assert.deepEqual(
    ['path', 'raw', 'enable', 'missing'].map((key) => plain?.getAsString(key)),
    ['/tmp/a&b', '/tmp/a&b', 'false', 'none'],
  );
});

test('an invalid configuration is rejected with its file and place', async () => {
  const cases: readonly (readonly [text: string, says: RegExp])[] = [
    ['- descriptor: "a:b"\n', /Component 1 in .*yml must have a descriptor.*"a:b"/],
    ['- type: "x"\n', /Component 1 in .*must have a descriptor/],
    ['a: 1\n', /must contain a list/],
    ['- "\n', /cannot be read/],
    ['{{#if A}}\n', /cannot be read/],
  ];
  for (const [text, says] of cases) {
    await assert.rejects(readContainerConfig(configFile(text), {}), { category: 'Misconfiguration', message: says });
  }
  await assert.rejects(readContainerConfig(join(folder, 'none.yml'), {}), { message: /none\.yml cannot be read/ });
});

test('-p overrides the environment, several times and in any case; -c sets the file', () => {
  const args = ['-c', 'a.yml', '-p', 'http_port=1;A=x', '--params', 'B=y=z', '--param', 'C='];
  const { config, parameters, help } = readArguments(args, { HTTP_PORT: '2', HOME: '/' });
  assert.equal(config, 'a.yml');
  assert.equal(parameters.HTTP_PORT, '1');
  assert.deepEqual([parameters.A, parameters.B, parameters.HOME, help], ['x', 'y=z', '/', false]);
  assert.equal(readArguments(['-h'], {}).help, true);
});

test('the command serves until SIGTERM and then ends without an error', {
  skip: process.platform === 'win32',
}, async () => {
  const args = ['-c', ORIGINAL_LIKE, '-p', 'HTTP_HOST=127.0.0.1;HTTP_PORT=0'];
  const { child, output, url, exit } = run(args, { HTTP_ENABLED: 'true', GRPC_ENABLED: 'true' });
  assert.ok(await openSession(await url));
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
  assert.match(output.stderr, /service-sessions:service:grpc:default:1\.0 is ignored: .*gRPC/);
  assert.match(output.stdout, /"level":"info".*"command":"open_session"/, 'level trace is honoured');
});

test('a failed start prints the reason in one line and exits with 1', async () => {
  const { output, exit } = run(['-c', ORIGINAL_LIKE], { MONGO_ENABLED: 'true' });
  assert.equal(await exit, 1);
  assert.match(output.stderr, /^pip-sessions-process: No factory can create .*mongodb[^\n]*\n$/);
});

test('-h explains the options', async () => {
  const { output, exit } = run(['-h']);
  assert.equal(await exit, 0);
  assert.match(output.stdout, /--config[\s\S]*--param[\s\S]*--help/);
});
