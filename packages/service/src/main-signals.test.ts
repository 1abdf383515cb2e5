import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../../../testing/servers/redis-server.ts';
import { Command } from '../../../testing/service/command.ts';
import { holdRequests } from '../../../testing/service/held-requests.ts';

/**
 * Tests of Ctrl+C under npm: the terminal sends the signal to the process group, and npm sends it to the command again.
 */

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-signals-'));
const skipped = RedisServer.isAvailable() ? false : 'there is no Redis on this machine';
let redis: RedisServer;

before(async () => {
  if (!skipped) redis = await RedisServer.start();
});
after(async () => {
  await redis?.remove();
  rmSync(folder, { recursive: true });
});

const REQUESTS = 8;
const WINDOWS = process.platform === 'win32' && 'Windows has no process groups';

function run(t: TestContext, file: string, env: Record<string, string>, args: readonly string[] = []): Command {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const command = new Command(path, args, { cwd: folder, env, detached: true });
  t.after(() => command.kill());
  return command;
}

async function pressCtrlC(command: Command, url: string): Promise<void> {
  const pid = Number(command.process.pid);
  process.kill(-pid, 'SIGINT');
  // A closed port shows that the first signal was received.
  for (let isOpen = true; isOpen; ) isOpen = await responds(`${url}/heartbeat`);
  process.kill(pid, 'SIGINT');
  process.kill(-pid, 'SIGINT');
}

function responds(url: string): Promise<boolean> {
  // The primary may have accepted a connection that no worker gets.
  return fetch(url, { signal: AbortSignal.timeout(500) }).then(Boolean, () => false);
}

const CASES = [
  { name: 'pip-sessions', file: './main.ts', env: { SESSIONS_PORT: '0', SESSIONS_STORE: 'sqlite:signals.db' } },
  {
    name: 'pip-sessions with two workers',
    file: './main.ts',
    env: { SESSIONS_PORT: '0', SESSIONS_WORKERS: '2' },
    needsRedis: true,
  },
  {
    name: 'pip-sessions-process',
    file: '../../pip-service/src/main.ts',
    env: { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' },
  },
] as const;

for (const { name, file, env, ...more } of CASES) {
  const needsRedis = 'needsRedis' in more;
  const skip = WINDOWS || (needsRedis && skipped);
  test(`${name}: Ctrl+C under npm interrupts no request and loses no log line`, { skip }, async (t) => {
    const command = run(t, file, { ...env, ...(needsRedis && { SESSIONS_STORE: redis.url }) });
    const url = await command.started();
    const finish = await holdRequests(url, REQUESTS);
    await pressCtrlC(command, url);
    assert.deepEqual(await finish(), new Array(REQUESTS).fill(200));
    assert.equal(await command.exit, 0);
    const opened = command.lines.filter((line) => line.command === 'open_session');
    assert.equal(opened.length, REQUESTS);
  });
}
