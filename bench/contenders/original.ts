import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HEAP_FLAGS } from '../heap-flags.ts';
import type { Sample } from '../scenarios/scenario.ts';
import { contend, type Ready } from './ready.ts';

/** Starts the Pip.Services original on its own Node, and reads the sample through its API. */
const FOLDER = fileURLToPath(new URL('../original/', import.meta.url));
const PRELOAD_TIMEOUT_MS = 60_000;
const EMPTY_START_TIMEOUT_MS = 15_000;
/** The largest page of its `get_sessions`. */
const PAGE = 100;
const PAGES_MAX = 100;

let server: ChildProcess | null = null;
process.once('exit', () => server?.kill('SIGKILL'));
process.once('SIGTERM', () => process.exit());

/** Starts with `size` sessions, or with as many as it can open in a minute. */
async function start(size: number): Promise<Omit<Ready, 'ready_ms'>> {
  for (const preloaded of [size, Math.ceil(size / 4), Math.ceil(size / 16)]) {
    const child = spawnServer(preloaded);
    server = child;
    const port = await listening(child);
    if (port !== null && child.pid !== undefined) {
      return { pid: child.pid, port, preloaded, ...(await takeSample(port, preloaded)) };
    }
    child.kill('SIGKILL');
  }
  throw new Error(`the original cannot open ${Math.ceil(size / 16)} sessions in a minute`);
}

function spawnServer(preloaded: number): ChildProcess {
  const { NODE_OPTIONS: _ours, ...env } = process.env;
  const args = [...HEAP_FLAGS, 'server.cjs', '0', String(preloaded)];
  return spawn('node_modules/.bin/node', args, { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The port, from the line that the server prints when it is ready; null after a timeout. */
async function listening(child: ChildProcess): Promise<number | null> {
  if (!child.stdout) return null;
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => lines.close(), EMPTY_START_TIMEOUT_MS + PRELOAD_TIMEOUT_MS);
  child.once('error', (error) => {
    process.stderr.write(`The original did not start: ${error.message}\n`);
    lines.close();
  });
  try {
    for await (const line of lines) {
      if (line.startsWith('{')) return (JSON.parse(line) as { port: number }).port;
    }
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** The original's get scans its sessions from the first one. The sample must therefore be even over all sessions. */
async function takeSample(port: number, preloaded: number): Promise<Sample> {
  const ids = new Set<string>();
  const users = new Set<string>();
  const pages = Math.min(PAGES_MAX, Math.ceil(preloaded / PAGE));
  for (let page = 0; page < pages; page += 1) {
    const skip = Math.floor((page * preloaded) / pages);
    const response = await fetch(`http://127.0.0.1:${port}/v1/sessions/get_sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paging: { skip, take: PAGE } }),
    });
    const { data } = (await response.json()) as { data: { id: string; user_id: string }[] };
    for (const { id, user_id } of data) {
      ids.add(id);
      users.add(user_id);
    }
  }
  return { ids: [...ids], tokens: [], users: [...users] };
}

await contend(start);
