import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { toJsonText } from '../domain/json.ts';
import { open } from '../domain/session.ts';
import { createStore } from '../stores/create-store.ts';
import { ended, run, start } from '../transfer/fixtures/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-transfer-'));
after(() => rmSync(folder, { recursive: true }));

/** More sessions than a pipe can buffer lines of. */
const COUNT = 3000;
const SEEDED = 'sqlite:seeded.db';
let whole = '';

before(async () => {
  const store = await createStore(`sqlite:${join(folder, 'seeded.db')}`);
  await store.open();
  const data = toJsonText('y'.repeat(1500));
  const fields = { user_name: null, address: null, client: null, user: null, data, expire_time: null };
  const opened = Array.from({ length: COUNT }, (_, index) =>
    open(`s${index}`, { ...fields, user_id: 'u', idle_timeout_ms: 1000 }, 1_700_000_000_000 + index),
  );
  await Promise.all(opened.map((session) => store.insert(session, null, 0)));
  await store.close();
  const { code, stdout, stderr } = await run(folder, ['export', '--store', SEEDED]);
  assert.equal(code, 0, stderr);
  whole = stdout;
});

function count(store: string): Promise<number> {
  return run(folder, ['export', '--store', store]).then(({ stdout }) => stdout.split('\n').length - 2);
}

function optionIn(stderr: string, option: string): string {
  const [, value] = new RegExp(`${option} (\\S+?)[.,]?\\s`).exec(stderr) ?? [];
  assert.ok(value, stderr);
  return value;
}

test('an export can be piped into an import, from the configured store into another', async () => {
  writeFileSync(join(folder, 'seeded.yml'), `store: ${SEEDED}\n`);
  const out = await run(folder, ['export', '--config', 'seeded.yml']);
  assert.equal(out.code, 0);
  assert.match(out.stderr, /protect it like the store\.\n.*exported 3000 sessions\.\n$/s);
  const first = await run(folder, ['import', '--store', 'sqlite:piped.db'], out.stdout);
  assert.deepEqual(first, {
    code: 0,
    stdout: '',
    stderr: 'pip-sessions: imported 3000 sessions, 0 already existed.\n',
  });
  // Not `equal`, which would print both texts.
  assert.ok((await run(folder, ['export', '--store', 'sqlite:piped.db'])).stdout === whole);
  const again = await run(folder, ['import', '--store', 'sqlite:piped.db'], out.stdout);
  assert.deepEqual(again, {
    code: 0,
    stdout: '',
    stderr: 'pip-sessions: imported 0 sessions, 3000 already existed.\n',
  });
});

test('an interrupted export ends with complete lines and the cursor to continue with', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = start(folder, 'export', '--store', SEEDED);
    await once(child.stdout, 'readable');
    child.kill(signal);
    const { code, stdout, stderr } = await ended(child);
    assert.equal(code, 1);
    assert.match(stderr, /^pip-sessions: Interrupted\. Exported \d+ sessions; continue with --after \S+, and append/m);
    assert.ok(stdout.endsWith('}\n') && stdout.length < whole.length);
    const rest = await run(folder, ['export', '--store', SEEDED, '--after', optionIn(stderr, '--after')]);
    assert.equal(rest.code, 0);
    assert.ok(stdout + rest.stdout === whole);
  }
});

test('an export whose reader has ended stops quietly, with the code of SIGPIPE', async () => {
  const child = start(folder, 'export', '--store', SEEDED);
  await once(child.stdout, 'readable');
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 141);
  assert.match(stderr, /^pip-sessions: the output contains [^\n]*\n$/);
});

test('an export whose reader is blocked can be interrupted, and says how to continue', async () => {
  const child = start(folder, 'export', '--store', SEEDED);
  await once(child.stdout, 'readable');
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.kill('SIGINT');
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(10_000) });
  assert.equal(code, 1);
  assert.match(stderr, /Interrupted.* (continue with --after|start again)/);
});

test('an interrupted import names the line to continue with, and nothing is lost', async () => {
  const half = whole.length / 2;
  const child = start(folder, 'import', '--store', 'sqlite:interrupted.db');
  // The import has begun to read when all of this is written, because no pipe can buffer it.
  await new Promise((resolve) => child.stdin.write(whole.slice(0, half), resolve));
  child.kill('SIGINT');
  const { code, stderr } = await ended(child);
  assert.equal(code, 1);
  const from = optionIn(stderr, '--from-line');
  assert.match(
    stderr,
    /^pip-sessions: Interrupted\. Imported \d+ sessions, 0 already existed; continue with --from-line \d+\.\n$/,
  );
  const args = ['import', '--store', 'sqlite:interrupted.db', '--from-line', from];
  const rest = await run(folder, args, whole);
  assert.equal(rest.code, 0);
  assert.match(rest.stderr, new RegExp(`imported ${COUNT + 2 - Number(from)} sessions, 0 already existed\\.`));
  assert.equal(await count('sqlite:interrupted.db'), COUNT);
});

test('a bad line stops an import with code 1; earlier lines are imported', async () => {
  const lines = whole.split('\n');
  const bad = lines.with(1999, '{"id":"x"}').join('\n');
  writeFileSync(join(folder, 'bad.ndjson'), bad);
  const { code, stderr } = await run(folder, ['import', '--store', 'sqlite:bad.db', 'bad.ndjson']);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^pip-sessions: line 2000: user_id is required; .*\. Imported 1998 sessions, 0 already existed; continue with --from-line 2000\.\n$/,
  );
  assert.equal(await count('sqlite:bad.db'), 1998);
});

test('files of the microservice are imported with the given idle timeout', async () => {
  for (const [format, file] of [
    ['sessions.json', 'sessions.json'],
    ['mongoexport', 'mongoexport-v1.json'],
    ['mongoexport', 'mongoexport-v2.json'],
  ] as const) {
    const store = `sqlite:${file}.db`;
    const input = readFileSync(new URL(`../transfer/fixtures/${file}`, import.meta.url), 'utf8');
    const args = ['import', '--store', store, '--format', format, '--idle-timeout', '7'];
    const { code, stderr } = await run(folder, args, input);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      file === 'sessions.json' ? /do not exist in a session and were left out: "tenant"\./ : /already existed\.\n$/,
    );
    const { stdout } = await run(folder, ['export', '--store', store]);
    assert.equal(stdout.match(/"idle_timeout_ms":7000/g)?.length, 2);
  }
});

test('bad arguments end with code 2 and one line, and nothing is changed', async () => {
  const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['export', '--store', 'sqlite:typo.db'], /^The file .*typo\.db does not exist, so there is nothing to export\.$/],
    [['export', '--store', 'memory:'], /^A memory: store ends with its process/],
    [['export', '--store', 'oracle:'], /^The store URL starts with "oracle:"; allowed: /],
    [['export', '--store', SEEDED, '--after', 'x'], /^--after must be a cursor that an export has printed\.$/],
    [['export', '--stor', SEEDED], /--stor/],
    [['export', 'file'], /file/],
    [['import', '--store', 'memory:'], /^A memory: store ends with its process/],
    [
      ['import', '--format', 'csv'],
      /^--format must be one of ndjson, sessions\.json, mongoexport, .*memorystore, but is "csv"\.$/,
    ],
    [['import', '--from-line', '0'], /^--from-line must be a whole number from 1 .*, but is "0"\.$/],
    [['import', '--idle-timeout', 'x'], /^--idle-timeout must be a whole number from 1 to \d+, but is "x"\.$/],
    [['import', '--user', 'id'], /^--user has no meaning for --format ndjson; leave it out\.$/],
    [['import', '--format', 'memorystore', '--prefix', 's'], /^--prefix has no meaning for --format memorystore/],
    [['import', '--format', 'memorystore', '--user', 'a..b'], /^--user must be names with a dot between/],
    [['import', 'a', 'b'], /^Only one file can be imported at a time\.$/],
    [['import', 'missing.ndjson'], /^The file cannot be read: ENOENT.*\.$/],
  ];
  const ends = await Promise.all(cases.map(([args]) => run(folder, args)));
  for (const [index, [args, says]] of cases.entries()) {
    const { code, stdout, stderr = '' } = ends[index] ?? {};
    assert.deepEqual([code, stdout], [2, ''], `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, /^pip-sessions: .*\n$/);
    assert.match(stderr.slice('pip-sessions: '.length, -1), says);
  }
  assert.equal(existsSync(join(folder, 'typo.db')), false);
});

test('a read error of the file names the line to continue with', async () => {
  const { code, stderr } = await run(folder, ['import', '--store', 'sqlite:folder.db', folder]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^pip-sessions: EISDIR.*\. Imported 0 sessions, 0 already existed; continue with --from-line 1\.\n$/,
  );
});

test('--help of each command describes its options', async () => {
  assert.match((await run(folder, ['export', '--help'])).stdout, /--after <cursor>/);
  assert.match((await run(folder, ['import', '--help'])).stdout, /mongoexport .*collection/);
  assert.match((await run(folder, ['--help'])).stdout, /pip-sessions export .*\n.*pip-sessions import /);
});
