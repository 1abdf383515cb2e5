/**
 * Measures how much listeners of the change stream slow down other requests, how soon they receive an end, and how many clients
 * reconnect after a restart. `npm run bench:listeners -- [--listeners 0,50,200,1000] [--seconds 3] [--only opens,closes,ends,return]`
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createSessionsClient } from '@pip-sessions/client';
import type { FromCrowd } from './listeners/crowd.ts';
import { closeRequest, openRequest, runLoad } from './listeners/load.ts';
import type { FromReturning } from './listeners/returning.ts';
import { inWords, percentile, sharedTime } from './near/figures.ts';
import { temporaryFolder } from './near/test-bed.ts';
import { Process, stopProcesses } from './processes.ts';
import { ServiceProcess } from './service-process.ts';

const READY_TIMEOUT_MS = 60_000;
const PROBES = 60;
/** A random pause, so that probes begin at different moments between two heartbeats. */
const PROBE_PAUSE_MS_MAX = 50;
/** Other ends and opens per second during the probes. */
const BESIDE_EACH_SECOND = 100;
const CLIENTS = 1_000;
/** Long enough that no client may serve cached sessions. */
const AWAY_MS = 5_000;
const GET_EVERY_MS = 5;

const { values } = parseArgs({
  options: {
    listeners: { type: 'string', default: '0,50,200,1000' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'throughput,ends,return' },
  },
});
const seconds = Number(values.seconds);

async function throughput(port: number): Promise<string> {
  const ids: string[] = [];
  let end = performance.now() + seconds * 1_000;
  let n = 0;
  const opens = await runLoad(
    port,
    () => (performance.now() < end ? openRequest(port, n++) : null),
    (body) => ids.push((JSON.parse(body) as { id: string }).id),
  );
  end = performance.now() + seconds * 1_000;
  const began = performance.now();
  const closes = await runLoad(
    port,
    () => {
      const id = performance.now() < end ? ids.pop() : undefined;
      return id === undefined ? null : closeRequest(port, id);
    },
    () => {},
  );
  const closes_s = closes / ((performance.now() - began) / 1_000);
  return `${inWords(opens / seconds)} opens/s, ${inWords(closes_s)} closes/s`;
}

/** Measures the time from the request of an end until listeners receive it, alone or beside other opens and ends. */
async function ends(url: string, crowd: Process, besides: number): Promise<string> {
  const client = createSessionsClient({ url });
  const spare: string[] = [];
  let failure: unknown = null;
  const once = async () => {
    spare.push((await client.open({ user_id: 'beside' })).session.id);
    const id = spare.length > BESIDE_EACH_SECOND ? spare.shift() : undefined;
    if (id !== undefined) await client.close(id);
  };
  const timer = besides > 0 ? setInterval(() => once().catch((error) => (failure ??= error)), 1_000 / besides) : null;
  const taken: number[] = [];
  for (let probe = 0; probe < PROBES; probe += 1) {
    const { session } = await client.open({ user_id: `probe-${probe}` });
    await delay(Math.random() * PROBE_PAUSE_MS_MAX);
    const seen = crowd.ask<FromCrowd>({ id: session.id }, READY_TIMEOUT_MS);
    await delay(1);
    const asked = sharedTime();
    await client.close(session.id);
    const { times } = (await seen) as FromCrowd & { type: 'seen' };
    taken.push(...times.map((time) => time - asked));
  }
  if (timer) clearInterval(timer);
  if (failure) throw failure;
  const [p50, p99, last] = [0.5, 0.99, 1].map((part) => percentile(taken, part).toFixed(1));
  return `p50 ${p50}, p99 ${p99}, last ${last} ms`;
}

async function measureListeners(listeners: number): Promise<void> {
  const { folder, remove } = temporaryFolder();
  const service = await ServiceProcess.start(`sqlite:${join(folder, 'sessions.db')}`, undefined, {
    SESSIONS_CALLER_SHARE: '100',
  });
  try {
    const args = [String(listeners), String(service.port)];
    const crowd = Process.start('the crowd', new URL('listeners/crowd.ts', import.meta.url), args);
    await crowd.next<FromCrowd>(READY_TIMEOUT_MS);
    if (values.only.includes('throughput')) console.log(`${listeners} listeners: ${await throughput(service.port)}`);
    if (listeners === 0 || !values.only.includes('ends')) return;
    console.log(`${listeners} listeners: an end is received after ${await ends(service.url, crowd, 0)}`);
    const beside = await ends(service.url, crowd, BESIDE_EACH_SECOND);
    console.log(`${listeners} listeners: beside ${BESIDE_EACH_SECOND} opens and ends per second after ${beside}`);
  } finally {
    await stopProcesses();
    await service.kill();
    remove();
  }
}

/** Kills a service with a thousand cached clients by `kill -9`, and starts it on the same port 5 s later. */
async function measureReturn(): Promise<void> {
  const { folder, remove } = temporaryFolder();
  const store = `sqlite:${join(folder, 'sessions.db')}`;
  const settings = { SESSIONS_CALLER_SHARE: '100' };
  let service = await ServiceProcess.start(store, undefined, settings);
  try {
    const { url, port } = service;
    const client = createSessionsClient({ url });
    const { token } = await client.open({ user_id: 'a user' });
    const name = 'the clients';
    const clients = Process.start(name, new URL('listeners/returning.ts', import.meta.url), [String(CLIENTS), url]);
    await clients.next<FromReturning>(READY_TIMEOUT_MS);
    const back = clients.ask<FromReturning>({ tokens: [token] }, READY_TIMEOUT_MS);
    await service.kill();
    await delay(AWAY_MS);
    service = await ServiceProcess.start(store, undefined, { ...settings, SESSIONS_PORT: String(port) });
    const started = sharedTime();
    const gets: Promise<number>[] = [];
    const get = async () => {
      const asked = performance.now();
      await client.get('0000000000000000000000000000000000000').catch(() => {});
      return performance.now() - asked;
    };
    const timer = setInterval(() => gets.push(get()), GET_EVERY_MS);
    const { followed, validated } = (await back) as FromReturning & { type: 'back' };
    clearInterval(timer);
    const taken = await Promise.all(gets);
    const at = (times: readonly number[], part: number) => Math.round(percentile(times, part) - started);
    console.log(
      `${CLIENTS} clients after a restart: half follow the changes again after ${at(followed, 0.5)} ms, all after ` +
        `${at(followed, 1)} ms; all have validated after ${at(validated, 1)} ms; gets meanwhile: ` +
        `p50 ${percentile(taken, 0.5).toFixed(1)}, p99 ${percentile(taken, 0.99).toFixed(1)}, max ${percentile(taken, 1).toFixed(1)} ms`,
    );
  } finally {
    await stopProcesses();
    await service.kill();
    remove();
  }
}

for (const listeners of values.listeners.split(',').map(Number)) await measureListeners(listeners);
if (values.only.includes('return')) await measureReturn();
process.exit(0);
