/**
 * Measures the time from a close until the WebSockets of the closed sessions are closed at their users.
 * `npm run bench:live -- [--sockets 1000] [--singles 200] [--engine sqlite,postgres,redis]`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createSessionsClient, type SessionsClient } from '@pip-sessions/client';
import type { FromApplication } from './live/application.ts';
import type { FromSockets } from './live/sockets.ts';
import { percentile, sharedTime } from './near/figures.ts';
import { STORES, startTestBed } from './near/test-bed.ts';
import { Process, stopProcesses } from './processes.ts';

const TIMEOUT_MS = 60_000;
const OPENED_AT_ONCE = 32;
/** The checks of new connections are done, and no other work is left. */
const SETTLED_MS = 500;
/** A random pause, so that closes begin at different moments between two heartbeats. */
const PAUSE_MS_MAX = 50;
/** The published bound of a single close at the 99th percentile, in milliseconds. */
const SINGLE_MS_MAX = 20;

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '1000' },
    singles: { type: 'string', default: '200' },
    engine: { type: 'string', default: STORES.join(',') },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** The processes of a run. */
interface Run {
  readonly client: SessionsClient;
  readonly applications: readonly Process[];
  readonly sockets: Process;
  readonly urls: readonly string[];
}

async function measure(name: (typeof STORES)[number]): Promise<boolean> {
  const testBed = await startTestBed(name);
  const applications = [...new Set(testBed.urls)].map((url) =>
    Process.start('application', new URL('live/application.ts', import.meta.url), [url]),
  );
  const sockets = Process.start('sockets', new URL('live/sockets.ts', import.meta.url));
  try {
    const [ports] = await Promise.all([
      Promise.all(applications.map((each) => each.next<FromApplication>(TIMEOUT_MS))),
      sockets.next(TIMEOUT_MS),
    ]);
    const urls = ports.map(({ port }) => `ws://127.0.0.1:${port}`);
    const run = { client: createSessionsClient({ url: testBed.urls[0] }), applications, sockets, urls };
    say(`${name}, ${applications.length} node${applications.length > 1 ? 's' : ''}:`);
    const isInTime = await singles(run);
    await bulk(run);
    return isInTime;
  } finally {
    await Promise.all([...applications, sockets].map((process) => process.stop()));
    await testBed.remove();
  }
}

async function singles(run: Run): Promise<boolean> {
  const closed: number[] = [];
  const received: number[] = [];
  for (let n = 0; n < Number(values.singles); n += 1) {
    const ids = await connect(run, 1, 0);
    await delay(Math.random() * PAUSE_MS_MAX);
    const ending = run.sockets.next<FromSockets>(TIMEOUT_MS);
    const asked = sharedTime();
    for (const id of ids) await run.client.close(id);
    received.push(...closeTimes(await ending).map((time) => time - asked));
    closed.push(...(await applicationTimes(run)).map((time) => time - asked));
  }
  say(`  from the request of a single close until the application closes the socket: ${inWords(closed)}`);
  say(`  until the socket is closed at its user: ${inWords(received)}`);
  return percentile(closed, 0.99) <= SINGLE_MS_MAX;
}

async function bulk(run: Run): Promise<void> {
  await connect(run, Number(values.sockets), SETTLED_MS);
  const ending = run.sockets.next<FromSockets>(TIMEOUT_MS);
  const asked = sharedTime();
  while ((await run.client.closeMany({ filter: { user_id: 'live' } })).more);
  const answered = sharedTime();
  const received = closeTimes(await ending);
  const closed = await applicationTimes(run);
  say(`  a bulk close of ${values.sockets} sessions took ${(answered - asked).toFixed(1)} ms`);
  say(`  from its response until the application closes the sockets: ${inWords(closed.map(after(answered)))}`);
  say(`  until they are closed at their users: ${inWords(received.map(after(answered)))}`);
}

function after(moment: number): (time: number) => number {
  return (time) => Math.max(0, time - moment);
}

async function applicationTimes({ applications }: Run): Promise<readonly number[]> {
  const replies = await Promise.all(applications.map((each) => each.ask<FromApplication>({}, TIMEOUT_MS)));
  return replies.flatMap(({ times }) => times);
}

/** Opens sessions and a WebSocket for each. Returns their ids. */
async function connect({ client, sockets, urls }: Run, count: number, settled_ms: number): Promise<readonly string[]> {
  const opened: { readonly id: string; readonly token: string }[] = [];
  while (opened.length < count) {
    const some = Array.from({ length: Math.min(OPENED_AT_ONCE, count - opened.length) }, async () => {
      const { session, token } = await client.open({ user_id: 'live' });
      return { id: session.id, token };
    });
    opened.push(...(await Promise.all(some)));
  }
  await sockets.ask<FromSockets>({ tokens: opened.map(({ token }) => token), urls }, TIMEOUT_MS);
  await delay(settled_ms);
  return opened.map(({ id }) => id);
}

function closeTimes(message: FromSockets): readonly number[] {
  if (message.type !== 'closed') throw new Error('the sockets sent an unexpected message');
  if (message.codes.some((code) => code !== 4401)) throw new Error(`sockets were closed with ${message.codes}`);
  return message.times;
}

function inWords(values: readonly number[]): string {
  const [median, late, last] = [0.5, 0.99, 1].map((part) => percentile(values, part).toFixed(1));
  return `median ${median} ms, p99 ${late} ms, last ${last} ms`;
}

try {
  for (const name of STORES) {
    if (values.engine.split(',').includes(name) && !(await measure(name))) process.exitCode = 1;
  }
} finally {
  await stopProcesses();
}
