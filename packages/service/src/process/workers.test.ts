import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Command } from '../../../../testing/service/command.ts';

const FIXTURE = fileURLToPath(new URL('../../../../testing/service/workers.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-workers-'));
after(() => rmSync(folder, { recursive: true }));

interface Fixture {
  /** While this file exists, no worker starts. */
  readonly broken?: string;
  readonly timeout_ms?: number;
  readonly manner?: 'stubborn';
}

function run(t: TestContext, { broken = join(folder, 'none'), timeout_ms = 10_000, manner }: Fixture = {}): Command {
  const args = [broken, String(timeout_ms), ...(manner ? [manner] : [])];
  const command = new Command(FIXTURE, args, { cwd: folder });
  t.after(() => command.kill());
  return command;
}

interface Listening {
  readonly pid: number;
  readonly url: string;
}

async function listening(command: Command, count: number): Promise<readonly Listening[]> {
  const lines = await command.logged(({ msg }) => msg === 'listening', count);
  return lines.map(({ pid, port }) => ({ pid: Number(pid), url: `http://127.0.0.1:${port}` }));
}

async function pidAt(url: string): Promise<number> {
  const answer = await fetch(url, { headers: { connection: 'close' } });
  return Number(await answer.text());
}

/** Returns the ids of the workers that respond, over as many connections as needed to reach that many workers. */
async function pidsAt(url: string, count: number): Promise<readonly number[]> {
  const pids = new Set<number>();
  for (let tries = 0; tries < 100 && pids.size < count; tries += 1) pids.add(await pidAt(url));
  return [...pids].sort();
}

test('two workers serve one port, and both get connections', async (t) => {
  const [first, second] = await listening(run(t), 2);
  assert.equal(first?.url, second?.url);
  assert.deepEqual(await pidsAt(String(first?.url), 2), [first?.pid, second?.pid].sort());
});

test('a killed worker is replaced while the other one serves', async (t) => {
  const command = run(t);
  const [first, second] = await listening(command, 2);
  process.kill(Number(first?.pid), 'SIGKILL');
  const [line] = await command.logged(({ msg }) => msg === 'a worker ended and is replaced');
  assert.deepEqual([line?.pid, line?.end], [first?.pid, 'SIGKILL']);
  assert.equal(await pidAt(String(second?.url)), second?.pid);
  const [, , third] = await listening(command, 3);
  assert.equal(third?.url, second?.url);
  assert.deepEqual(await pidsAt(String(third?.url), 2), [second?.pid, third?.pid].sort());
});

test('on SIGTERM requests in flight finish, new connections are rejected, code is 0', async (t) => {
  const command = run(t);
  const [first, second] = await listening(command, 2);
  const url = String(first?.url);
  // Idle connections to both workers.
  for (let connections = 0; connections < 4; connections += 1) await (await fetch(url)).text();
  const held = await Promise.all([fetch(`${url}/held`), fetch(`${url}/held`), fetch(`${url}/held`)]);
  command.process.kill('SIGTERM');
  for (const answer of held) assert.match(await answer.text(), new RegExp(`^(${first?.pid}|${second?.pid})$`));
  assert.equal(await command.exit, 0);
  await assert.rejects(fetch(url));
});

test('a worker that does not end in time is killed, and the code is 1', async (t) => {
  const command = run(t, { manner: 'stubborn', timeout_ms: 200 });
  await listening(command, 2);
  command.process.kill('SIGTERM');
  assert.equal(await command.exit, 1);
});

test('a second SIGTERM kills the workers and ends the primary at once', async (t) => {
  const command = run(t, { manner: 'stubborn' });
  await listening(command, 2);
  command.process.kill('SIGTERM');
  await command.logged(({ msg }) => String(msg).startsWith('stopping'));
  command.process.kill('SIGTERM');
  assert.equal(await command.exit, 130);
});

test('when the primary is killed, its workers end too', async (t) => {
  const command = run(t);
  await listening(command, 2);
  // `kill` resolves when all processes with the same output have ended.
  await command.kill();
});

test('when the first worker cannot start, the primary reports it once and ends with 1', async (t) => {
  const broken = join(folder, 'broken-from-the-start');
  writeFileSync(broken, '');
  const command = run(t, { broken });
  assert.equal(await command.exit, 1);
  assert.deepEqual(
    command.lines.map(({ msg, end }) => [msg, end]),
    [['no worker can start; see its messages above', 3]],
  );
});

test('when no worker can start again, the primary ends with 1 after several tries', async (t) => {
  const broken = join(folder, 'broken-later');
  const command = run(t, { broken });
  const workers = await listening(command, 2);
  writeFileSync(broken, '');
  for (const { pid } of workers) process.kill(pid, 'SIGKILL');
  assert.equal(await command.exit, 1);
  const waits = command.lines.filter(({ end }) => end === 3).map(({ back_off_ms }) => back_off_ms);
  assert.deepEqual([waits[0], waits.includes(400), waits.at(-1)], [200, true, undefined]);
});
