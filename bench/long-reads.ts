/**
 * Measures how much long requests, whose time grows with the store, delay other requests. Gets and durable opens run beside each
 * of them. `npm run bench:long-reads -- [--store sqlite|postgres|redis|cluster] [--sessions 1000000,3000000] [--sweep]`
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clientOf, fill, fillStore } from './long-reads/fill.ts';
import { ENGINES, startEngine } from './nodes/engines.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1000000' },
    store: { type: 'string', default: 'sqlite' },
    /** Measures a sweep, a purge and a scan of all pages instead of the other requests. */
    sweep: { type: 'boolean', default: false },
  },
});

/** Sessions that ended more than half an hour ago are purged. */
const SWEEPING = { SESSIONS_RETENTION: '1800', SESSIONS_SWEEP_INTERVAL: '1' };
const SWEEP_POLL_MS = 500;
const NOTHING_MS = 5_000;

const GET_EVERY_MS = 5;
const OPEN_EVERY_MS = 10;
const BESIDE_MS_MIN = 1_000;

const JOBS: Readonly<Record<string, readonly [method: string, path: string, body?: object]>> = {
  'v1 get_sessions, skip 500,000': list(500_000),
  'v1 get_sessions, skip 50,000': list(50_000),
  'list by client, with total': ['GET', `/v2/sessions?client=${encodeURIComponent(clientOf(7))}&total=true`],
  'list of all, with total': ['GET', '/v2/sessions?total=true'],
  statistics: ['GET', '/v2/stats'],
  'bulk close that matches nothing': ['POST', '/v2/sessions/close', { filter: { client: 'nobody' } }],
  'bulk close of 1,000': ['POST', '/v2/sessions/close', { filter: { client: clientOf(8) }, limit: 1000 }],
};

function list(skip: number) {
  return ['POST', '/v1/sessions/get_sessions', { filter: { active: false }, paging: { skip, take: 10 } }] as const;
}

const agent = new Agent({ keepAlive: true });

async function measure(count: number): Promise<void> {
  const { url, remove } = await filledStore(count);
  let service: ServiceProcess | null = null;
  try {
    const started = performance.now();
    // Every tenth session ended within the last hour.
    service = await ServiceProcess.start(url, undefined, values.sweep ? SWEEPING : {});
    console.log(`${count} sessions; started in ${Math.round(performance.now() - started)} ms`);
    const { port } = service;
    await call(port, 'GET', '/livez');
    if (values.sweep) {
      await measureBeside(port, 'the first sweep and purge', () => sweepDone(port));
      await measureBeside(port, 'all pages of the list', () => allPages(port));
      await measureBeside(port, 'nothing', () => delay(NOTHING_MS));
    } else {
      for (const [name, [method, path, body]] of Object.entries(JOBS)) {
        await measureBeside(port, name, () => call(port, method, path, body));
      }
    }
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1];
    console.log(`resident memory ${Math.round(Number(resident) / 1024)} MiB`);
  } finally {
    await service?.kill();
    await remove();
  }
}

async function measureBeside(port: number, name: string, work: () => Promise<unknown>): Promise<void> {
  const beside = new Beside(port);
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  await delay(Math.max(0, BESIDE_MS_MIN - ms));
  const { gets, opens } = await beside.stop();
  console.log(`${name.padEnd(33)}${Math.round(ms)} ms; get ${shown(gets)}; open ${shown(opens)}`);
}

/** Waits until the stats show the first sweep, which closes and purges. */
async function sweepDone(port: number): Promise<void> {
  for (;;) {
    const { sweep } = await json<{ readonly sweep: object | null }>(port, '/v2/stats');
    if (sweep !== null) return console.log(JSON.stringify(sweep));
    await delay(SWEEP_POLL_MS);
  }
}

async function allPages(port: number): Promise<void> {
  let cursor = '';
  do {
    const page = await json<{ readonly next_cursor: string | null }>(port, `/v2/sessions?limit=1000${cursor}`);
    cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
  } while (cursor !== '');
}

async function json<T>(port: number, path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  if (!response.ok) throw new Error(`GET ${path} got the status ${response.status}`);
  return (await response.json()) as T;
}

async function filledStore(count: number): Promise<{ readonly url: string; readonly remove: () => Promise<void> }> {
  if (values.store !== 'sqlite') {
    const name = ENGINES.find((known) => known === values.store);
    if (name === undefined) throw new TypeError(`--store is ${values.store}; allowed: sqlite, ${ENGINES.join(', ')}`);
    const engine = await startEngine(name);
    await fillStore(engine.url, count);
    return engine;
  }
  const folder = mkdtempSync(join(tmpdir(), 'sessions-long-reads-'));
  const path = join(folder, 'sessions.db');
  await fill(path, count, values.sweep);
  return { url: `sqlite:${path}`, remove: async () => rmSync(folder, { recursive: true }) };
}

/** Durations of the gets and opens that run beside another request, in milliseconds. */
class Beside {
  readonly #gets: Promise<number>[] = [];
  readonly #opens: Promise<number>[] = [];
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(port: number) {
    const path = '/v2/sessions/0000000000000000000000000000000000000';
    const open = () => call(port, 'POST', '/v2/sessions', { user_id: 'beside' });
    this.#timers = [
      setInterval(() => this.#gets.push(call(port, 'GET', path)), GET_EVERY_MS),
      setInterval(() => this.#opens.push(open()), OPEN_EVERY_MS),
    ];
  }

  async stop() {
    for (const timer of this.#timers) clearInterval(timer);
    return { gets: await Promise.all(this.#gets), opens: await Promise.all(this.#opens) };
  }
}

function shown(all: readonly number[]): string {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
  return `p99 ${at(0.99)}, max ${at(1)} ms`;
}

/** Resolves with the duration of a request. Rejects if the service fails. */
function call(port: number, method: string, path: string, body?: object): Promise<number> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({ port, method, path, agent, ...(text !== '' && { headers }) }, (response) => {
      response.resume().on('end', () => {
        if (Number(response.statusCode) < 500) resolve(performance.now() - started);
        else reject(new Error(`${method} ${path} got the status ${response.statusCode}`));
      });
    });
    sent.on('error', reject).end(text);
  });
}

for (const count of values.sessions.split(',').map(Number)) await measure(count);
agent.destroy();
