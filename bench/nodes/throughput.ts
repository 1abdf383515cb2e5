import { createClient, createCluster } from '@redis/client';
import pg from 'pg';
import { newSessionId } from '../../packages/service/src/domain/ids.ts';
import { asJsonText } from '../../packages/service/src/domain/json.ts';
import { open } from '../../packages/service/src/domain/session.ts';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { createStore } from '../../packages/service/src/stores/create-store.ts';
import { COLUMNS } from '../../packages/service/src/stores/postgres/data/rows.ts';
import { Keys } from '../../packages/service/src/stores/redis/data/keys.ts';
import { spread } from '../report/spread.ts';
import { type Engine, type EngineName, startEngine } from './engines.ts';

const SESSIONS = 10_000;
const CALLERS = 64;
const ROUNDS = 9;
const SLICE_MS = 700;
/** The same number as the store uses. */
const CONNECTIONS = 10;
const BARE_MIN = 0.6;
const ONE_BY_ONE_MIN = 3;

/** One way to read sessions. `get` reads `each` sessions at once. */
interface Contender {
  readonly name: string;
  readonly callers: number;
  readonly each: number;
  readonly get: (ids: readonly string[]) => Promise<unknown>;
}

interface Bare {
  readonly contenders: readonly Contender[];
  readonly end: () => Promise<unknown>;
}

/** Measures gets of the store against its bare driver, in this process, in alternating slices. */
export async function measureThroughput(name: EngineName, say: (line: string) => void): Promise<boolean> {
  const engine = await startEngine(name);
  const store = await createStore(engine.url);
  try {
    await store.open();
    const ids = await fill(store);
    const bare = await (name === 'postgres' ? barePostgres(engine) : bareRedis(engine));
    const own = { name: 'store', callers: CALLERS, each: 1, get: ([id = '']: readonly string[]) => store.find(id) };
    const rates = await alternate([own, ...bare.contenders], ids);
    await bare.end();
    let isKept = true;
    say(`${name}, gets a second with ${CALLERS} callers, medians of ${ROUNDS} rounds:`);
    for (const { name: contender } of [own, ...bare.contenders]) {
      const rate = rates.get(contender) ?? [];
      const ratio = spread((rates.get('store') ?? []).map((value, round) => value / (rate[round] ?? 0)));
      const least = contender === 'one statement a get' ? ONE_BY_ONE_MIN : BARE_MIN;
      if (contender !== 'store' && (ratio?.median ?? 0) < least) isKept = false;
      const compared =
        contender === 'store' ? '' : `, the store reaches ${ratio?.median.toFixed(2)} of it (at least ${least})`;
      say(`  ${contender.padEnd(22)} ${Math.round(spread(rate)?.median ?? 0).toLocaleString('en')}${compared}`);
    }
    return isKept;
  } finally {
    await store.close();
    await engine.remove();
  }
}

async function fill(store: SessionStore): Promise<string[]> {
  const now = Date.UTC(2026, 0, 1);
  const sessions = Array.from({ length: SESSIONS }, (_, n) => {
    const user_id = `user-${n}`;
    const texts = { user_id, user_name: 'A user', address: '127.0.0.1', client: 'Mozilla/5.0 (X11; Linux x86_64)' };
    const values = { user: asJsonText('{"roles":["user"]}'), data: asJsonText('{"cart":["apple","pear"]}') };
    const token = { hash: 'a'.repeat(64), lineage: null, open_nonce: null, past: [] };
    return open(
      newSessionId(user_id),
      { ...texts, ...values, token, idle_timeout_ms: 86_400_000, expire_time: null },
      now,
    );
  });
  for (let first = 0; first < SESSIONS; first += 1_000) {
    await Promise.all(sessions.slice(first, first + 1_000).map((session) => store.insert(session, null, now)));
  }
  return sessions.map(({ id }) => id);
}

async function barePostgres({ url }: Engine): Promise<Bare> {
  const connect = async () => {
    const client = new pg.Client({ connectionString: url, pipeline: true });
    await client.connect();
    await client.query('SET search_path = pip_sessions');
    return client;
  };
  const batch = await connect();
  const single = await Promise.all(Array.from({ length: CONNECTIONS }, connect));
  const query = (client: pg.Client, name: string, where: string, value: unknown) =>
    client.query({ name, text: `SELECT ${COLUMNS} FROM sessions WHERE ${where}`, values: [value], rowMode: 'array' });
  let turn = 0;
  return {
    contenders: [
      {
        name: 'SELECT … = ANY',
        // Two, so that one response is in transit while the other is read.
        callers: 2,
        each: CALLERS,
        get: (ids) => query(batch, 'any', 'id = ANY($1::text[])', ids),
      },
      {
        name: 'one statement a get',
        callers: CALLERS,
        each: 1,
        get: ([id]) => query(single[turn++ % single.length] ?? batch, 'one', 'id = $1', id),
      },
    ],
    end: () => Promise.all([batch, ...single].map((client) => client.end())),
  };
}

async function bareRedis({ name, url }: Engine): Promise<Bare> {
  const keys = new Keys('ps', 16);
  const [address = ''] = url.split('?');
  // Without the library's timer per command, which costs more than the command.
  const commandOptions = { timeout: 0 };
  const client =
    name === 'cluster'
      ? await createCluster({ rootNodes: [{ url: address }], commandOptions }).connect()
      : await createClient({ url, RESP: 2, commandOptions }).connect();
  const get = ([id = '']: readonly string[]) => client.get(keys.session(id));
  return { contenders: [{ name: 'pipelined GET', callers: CALLERS, each: 1, get }], end: () => client.close() };
}

/** Gets per second of each contender in each round, after a warm-up round. */
async function alternate(contenders: readonly Contender[], ids: readonly string[]): Promise<Map<string, number[]>> {
  const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const rate = await slice(contender, ids);
      if (round > 0) rates.get(contender.name)?.push(rate);
    }
  }
  return rates;
}

async function slice({ callers, each, get }: Contender, ids: readonly string[]): Promise<number> {
  const began = performance.now();
  let done = 0;
  let next = 0;
  const run = async () => {
    while (performance.now() - began < SLICE_MS) {
      await get(Array.from({ length: each }, () => ids[(next++ * 7919) % ids.length] ?? ''));
      done += each;
    }
  };
  await Promise.all(Array.from({ length: callers }, run));
  return (done / (performance.now() - began)) * 1000;
}
