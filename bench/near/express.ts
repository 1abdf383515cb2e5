import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../../testing/servers/redis-server.ts';
import { withConnections } from '../../testing/stores/redis-commands.ts';
import { startContender } from '../contenders/contender.ts';
import { cpuTimeUs } from '../load/cpu-time.ts';
import { load } from '../load/load.ts';
import type { Target } from '../load/slice.ts';
import { Process, stopProcesses } from '../processes.ts';
import { ratio } from '../report/spread.ts';
import type { ExpressKind, ExpressReady } from './express-app.ts';
import { figure } from './figures.ts';
import { temporaryFolder } from './test-bed.ts';

const USERS = 1_000;
const CONNECTIONS = 64;
const LOGINS_AT_ONCE = 32;
/** The code that V8 compiles in the first seconds stays for the whole run, and its speed differs by a quarter. */
const STARTS = 4;
const SLICE_S = 1;
const WARM_UP_S = 3;
const PAUSE_MS = 150;
const START_TIMEOUT_MS = 30_000;
const RATIO_MIN = 1.8;

/** An application in its own process, and requests of signed-in users. */
interface App {
  readonly kind: ExpressKind;
  readonly target: Target;
  /** The process that stores its sessions; null if there is none. */
  readonly keeper: number | null;
  readonly process: Process;
}

interface Slice {
  readonly a_second: number;
  readonly app_us: number;
  readonly all_us: number;
}

/** Measures Express requests that need a session. Applications alternate in short slices, `rounds` for each start. */
export async function measureExpress(rounds: number, say: (line: string) => void): Promise<boolean> {
  const { folder, remove } = temporaryFolder();
  const service = await startContender('service-sqlite', 1, folder, true);
  const redis = await RedisServer.start();
  try {
    const redisPid = await pidOf(redis);
    const places: readonly (readonly [ExpressKind, string, number | null])[] = [
      ['user-sessions', `http://127.0.0.1:${service.ready.port}`, service.ready.pid],
      ['express-session', redis.url, redisPid],
      ['express-session without touch', redis.url, redisPid],
      ['a map of cookies', '', null],
      ['no sessions', '', null],
    ];
    await warmUp(service.ready.port);
    const slices = new Map(places.map(([kind]) => [kind, [] as Slice[]]));
    for (let start = 0; start < STARTS; start += 1) {
      const apps: App[] = [];
      for (const [kind, url, keeper] of places) apps.push(await startApp(kind, url, keeper));
      for (const app of apps) await slice(app, WARM_UP_S);
      for (let round = 0; round < rounds; round += 1) {
        for (const app of round % 2 === 0 ? apps : apps.toReversed()) {
          slices.get(app.kind)?.push(await slice(app, SLICE_S));
        }
      }
      for (const app of apps) await app.process.stop();
    }
    say(
      `Express requests with a session, ${CONNECTIONS} connections, ${USERS} users, ${STARTS} starts of each, ` +
        `${rounds} rounds of ${SLICE_S} s:`,
    );
    for (const [kind, measured] of slices) {
      const [rate, app, all] = (['a_second', 'app_us', 'all_us'] as const).map((member) =>
        figure(measured.map((slice) => slice[member])),
      );
      say(`  ${kind}: ${rate} per second; ${app} µs of CPU each in the application, ${all} µs with its session store`);
    }
    const rates = (kind: ExpressKind) => slices.get(kind)?.map(({ a_second }) => a_second) ?? [];
    const cpus = (kind: ExpressKind) => slices.get(kind)?.map(({ app_us }) => app_us) ?? [];
    const kinds = ['express-session', 'express-session without touch', 'a map of cookies', 'no sessions'] as const;
    for (const kind of kinds) {
      const faster = ratio(rates('user-sessions'), rates(kind));
      const cheaper = ratio(cpus(kind), cpus('user-sessions'));
      say(
        `  requests per second against ${kind}: × ${faster?.median.toFixed(2)} (${faster?.min.toFixed(2)} … ` +
          `${faster?.max.toFixed(2)}); by CPU of the application × ${cheaper?.median.toFixed(2)}`,
      );
    }
    return (ratio(rates('user-sessions'), rates('express-session'))?.median ?? 0) >= RATIO_MIN;
  } finally {
    // Applications stop first, because they are connected to the other two.
    await stopProcesses();
    await redis.remove();
    remove();
  }
}

/**
 * Warms the service up. With a cold service the first requests of an application wait so long that V8 treats their objects
 * as long-lived. The application then stays a quarter slower for the whole run.
 */
async function warmUp(port: number): Promise<void> {
  const app = await startApp('user-sessions', `http://127.0.0.1:${port}`, null);
  await slice(app, WARM_UP_S);
  await app.process.stop();
}

async function startApp(kind: ExpressKind, url: string, keeper: number | null): Promise<App> {
  const process = Process.start(kind, new URL('express-app.ts', import.meta.url), [kind, url]);
  const { pid, port } = await process.next<ExpressReady>(START_TIMEOUT_MS);
  const requests: { bytes: Buffer; subject: string }[] = [];
  for (let first = 0; first < USERS; first += LOGINS_AT_ONCE) {
    const users = Array.from({ length: Math.min(LOGINS_AT_ONCE, USERS - first) }, (_, n) => first + n);
    const cookies = await Promise.all(users.map((user) => signIn(port, user)));
    for (const [index, cookie] of cookies.entries()) {
      const head = ['GET /me HTTP/1.1', `host: 127.0.0.1:${port}`, ...(cookie === null ? [] : [`cookie: ${cookie}`])];
      const subject = kind === 'no sessions' ? 'user-0' : `user-${users[index]}`;
      requests.push({ bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n`), subject });
    }
  }
  const isRight = (body: unknown, subject: string) => (body as { readonly user_id?: unknown })?.user_id === subject;
  const scenario = {
    name: kind,
    path: '/me',
    needs_tokens: true,
    is_write: false,
    summary: '',
    calls: () => [],
    isRight,
  };
  return { kind, keeper, process, target: { pid, port, scenario, requests } };
}

async function signIn(port: number, user: number): Promise<string | null> {
  const response = await fetch(`http://127.0.0.1:${port}/login/${user}`);
  await response.text();
  if (!response.ok) throw new Error(`/login got the status ${response.status}`);
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? null;
}

async function slice({ kind, target, keeper }: App, seconds: number): Promise<Slice> {
  await delay(PAUSE_MS);
  const before = cpuOf(keeper);
  const { answers, requests_per_second, server_cpu_us_per_request, errors, error } = await load(
    target,
    CONNECTIONS,
    seconds,
  );
  if (errors > 0) throw new Error(`${kind}: ${errors} wrong responses; the first: ${error}`);
  const app_us = server_cpu_us_per_request ?? 0;
  return { a_second: requests_per_second, app_us, all_us: app_us + (cpuOf(keeper) - before) / answers };
}

function cpuOf(pid: number | null): number {
  return pid === null ? 0 : (cpuTimeUs(pid) ?? 0);
}

function pidOf(redis: RedisServer): Promise<number> {
  return withConnections([redis], async ([command]) =>
    Number(/process_id:(\d+)/.exec(String(await command?.('INFO', 'server')))?.[1]),
  );
}
