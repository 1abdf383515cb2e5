import { newSessionId } from '../../packages/service/src/domain/ids.ts';
import { asJsonText } from '../../packages/service/src/domain/json.ts';
import { open } from '../../packages/service/src/domain/session.ts';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { createStore } from '../../packages/service/src/stores/create-store.ts';
import { type EngineName, startEngine } from './engines.ts';

const NOW = Date.UTC(2026, 0, 1);
const IDLE_TIMEOUT_MS = 86_400_000;
const SESSIONS_A_USER = 4;
const IMPORTED_TOGETHER = 2_048;
const CALLS = 2_000;
const CALLERS = 16;
const EXPIRED_TOGETHER = 500;
const SWEEPS = 10;
/** Limit of the cost of a call with many sessions, as a multiple of its cost with few. */
const GROWTH_MAX = 2;

interface Costs {
  readonly get: number;
  readonly list: number;
  readonly sweep: number;
}

/** Measures get, list by user and a step of the sweep, with few and with many sessions in the store. */
export async function measureScale(
  name: EngineName,
  sizes: readonly [number, number],
  say: (line: string) => void,
): Promise<boolean> {
  const engine = await startEngine(name);
  const store = await createStore(engine.url);
  try {
    await store.open();
    const costs: Costs[] = [];
    let there = 0;
    const ids: string[] = [];
    for (const size of sizes) {
      const began = performance.now();
      await fill(store, there, size, ids);
      const seconds = (performance.now() - began) / 1000;
      say(
        `${name}: ${(size - there).toLocaleString('en')} sessions imported, ${Math.round((size - there) / seconds)} a second`,
      );
      there = size;
      costs.push(await measure(store, size, ids));
    }
    const [few, many] = costs;
    if (!few || !many) return false;
    let isKept = true;
    for (const call of ['get', 'list', 'sweep'] as const) {
      const growth = many[call] / few[call];
      if (growth > GROWTH_MAX) isKept = false;
      const [a, b] = [few[call], many[call]].map((us) => `${us.toFixed(0)} µs`);
      say(
        `  ${call.padEnd(5)} ${a} with ${sizes[0].toLocaleString('en')}, ${b} with ${sizes[1].toLocaleString('en')}: ${growth.toFixed(2)} times`,
      );
    }
    return isKept;
  } finally {
    await store.close();
    await engine.remove();
  }
}

async function fill(store: SessionStore, from: number, to: number, ids: string[]): Promise<void> {
  for (let first = from; first < to; first += IMPORTED_TOGETHER) {
    const count = Math.min(IMPORTED_TOGETHER, to - first);
    await Promise.all(
      Array.from({ length: count }, (_, n) => {
        const index = first + n;
        const session = sessionOf(userOf(index), NOW + index);
        ids.push(session.id);
        return store.insert(session, null, NOW);
      }),
    );
  }
}

function sessionOf(user_id: string, now: number, idle_timeout_ms = IDLE_TIMEOUT_MS) {
  const texts = { user_name: 'A user', address: '127.0.0.1', client: 'bench' };
  const values = {
    user: asJsonText('{"roles":["user"]}'),
    data: asJsonText('{"cart":["apple","pear"],"theme":"dark"}'),
  };
  return open(newSessionId(user_id), { user_id, ...texts, ...values, idle_timeout_ms, expire_time: null }, now);
}

function userOf(index: number): string {
  return `user-${Math.floor(index / SESSIONS_A_USER)}`;
}

async function measure(store: SessionStore, size: number, ids: readonly string[]): Promise<Costs> {
  const users = Math.floor(size / SESSIONS_A_USER);
  const page = { skip: 0, take: 100, total: false };
  const get = () => cost((n) => store.find(ids[(n * 7919) % size] ?? ''));
  const list = () => cost((n) => store.list({ user_id: userOf(((n * 7919) % users) * SESSIONS_A_USER) }, page, NOW));
  // The first calls at a size warm the engine's caches.
  await get();
  await list();
  const costs = { get: await get(), list: await list(), sweep: await sweepCost(store) };
  return costs;
}

/** Microseconds per call, with several parallel calls. */
async function cost(call: (n: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let next = 0;
  const run = async () => {
    while (next < CALLS) await call(next++);
  };
  await Promise.all(Array.from({ length: CALLERS }, run));
  return ((performance.now() - began) / CALLS) * 1000;
}

/** Microseconds per session for steps of the sweep. Most sessions in the store are not due. */
async function sweepCost(store: SessionStore): Promise<number> {
  const count = EXPIRED_TOGETHER * SWEEPS;
  const due = Array.from({ length: count }, (_, n) => sessionOf(`due-${n}`, NOW - 10_000, 1_000));
  await Promise.all(due.map((session) => store.insert(session, null, NOW)));
  const began = performance.now();
  for (let step = 0; step < SWEEPS; step += 1) await store.expire(NOW, EXPIRED_TOGETHER);
  const us = ((performance.now() - began) / count) * 1000;
  while ((await store.purge(NOW, EXPIRED_TOGETHER)) > 0);
  return us;
}
