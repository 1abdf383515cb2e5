import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSessionsClient } from '@pip-sessions/client';
import { createLogger, loadConfig, type RunningService, startService } from '@pip-sessions/service';

import { newApiKey } from '../../packages/service/src/http/authentication/api-keys.ts';
import { commandEnvironment } from '../service/environment.ts';

type Variables = Readonly<Record<string, string>>;

const pathOf = (name: string) => fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url));

/** Starts a service with sessions in memory, on a free port. Stops it after the test. */
export async function startMemoryService(t: TestContext): Promise<RunningService> {
  const service = await newService();
  t.after(() => service.stop());
  return service;
}

function newService(settings: Variables = {}): Promise<RunningService> {
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0', ...settings });
  return startService(config, createLogger('silent'));
}

/** Runs an example until it ends. Returns the lines that it printed. Rejects if it failed. */
export async function outputOf(name: string, env: Variables, args: readonly string[] = []): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', pathOf(name), ...args], {
    env: { ...commandEnvironment(), ...env },
    timeout: 60_000,
  });
  return stdout.trim().split('\n');
}

/** An example that serves until it is stopped. */
export interface RunningExample {
  /** The lines that it printed until it was ready. */
  readonly lines: readonly string[];
  /** The addresses in these lines. */
  readonly urls: readonly string[];
  readonly process: ChildProcess;
}

/** Runs an example until it has printed `count` lines. Stops it after the test. */
export async function startExample(t: TestContext, name: string, env: Variables, count = 1): Promise<RunningExample> {
  const example = spawn(process.execPath, ['--conditions=source', pathOf(name)], {
    env: { ...commandEnvironment(), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => stopExample(example));
  const lines: string[] = [];
  for await (const line of createInterface({ input: example.stdout })) {
    lines.push(line);
    if (lines.length < count) continue;
    const urls = lines.flatMap((each) => /http:\S+/.exec(each)?.[0] ?? []);
    return { lines, urls, process: example };
  }
  throw new Error(`examples/${name}.ts ended before it was ready`);
}

async function stopExample(example: ChildProcess): Promise<void> {
  if (example.exitCode !== null || example.signalCode !== null) return;
  example.kill();
  await once(example, 'exit');
}

/** Runs an example as `startExample` does, with a service of its own. */
export async function startWithService(t: TestContext, name: string, env: Variables = {}, count = 1) {
  return startWith(t, await newService(), name, env, count);
}

/** The same with a service that requires keys. The example has a key of scope `write`, and `client` one of `admin`. */
export async function startWithWriteKey(t: TestContext, name: string) {
  const [example, test] = [newApiKey('example', 'write'), newApiKey('test', 'admin')];
  const service = await newService({ SESSIONS_API_KEYS: `${example.configured},${test.configured}` });
  const client = createSessionsClient({ url: service.url, key: test.key });
  return { client, ...(await startWith(t, service, name, { SESSIONS_KEY: example.key }, 1)) };
}

async function startWith(t: TestContext, service: RunningService, name: string, env: Variables, count: number) {
  try {
    return { service, ...(await startExample(t, name, { SESSIONS_URL: service.url, ...env }, count)) };
  } finally {
    // After the example has ended: a service that stops waits some seconds for the connections of its callers.
    t.after(() => service.stop());
  }
}
