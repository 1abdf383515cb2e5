/**
 * Measures the export and the erasure of one user with many sessions, and validations of others meanwhile.
 * `npm run bench:users -- [--stores sqlite,postgres,redis,cluster] [--sessions 10000] [--rounds 5]`
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSessionsClient, type SessionsClient } from '@pip-sessions/client';
import { percentile } from './near/figures.ts';
import { temporaryFolder } from './near/test-bed.ts';
import { ENGINES, startEngine } from './nodes/engines.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({
  options: {
    stores: { type: 'string', default: 'sqlite,postgres,redis,cluster' },
    sessions: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
  },
});
const OPENED_AT_ONCE = 64;
const sessions = Number(values.sessions);

/** One validation after the other until `work` is done. Returns the time of the work, and that of the 99th percentile. */
async function beside(client: SessionsClient, token: string, work: () => Promise<unknown>) {
  let isDone = false;
  const waits: number[] = [];
  const validations = (async () => {
    while (!isDone) {
      const began = performance.now();
      await client.validate(token);
      waits.push(performance.now() - began);
    }
  })();
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  isDone = true;
  await validations;
  return { ms, p99: percentile(waits, 0.99) };
}

async function openMany(client: SessionsClient, user_id: string): Promise<void> {
  let left = sessions;
  const open = async () => {
    while (left-- > 0) await client.open({ user_id, user_name: 'Ada', client: 'Firefox', data: { cart: [1, 2, 3] } });
  };
  await Promise.all(Array.from({ length: OPENED_AT_ONCE }, open));
}

async function measure(name: string): Promise<void> {
  const engine = ENGINES.find((each) => each === name);
  const started = engine && (await startEngine(engine));
  const { folder, remove } = temporaryFolder();
  const store = started?.url ?? `sqlite:${join(folder, 'sessions.db')}`;
  const service = await ServiceProcess.start(store);
  const client = createSessionsClient({ url: service.url, timeout_ms: 60_000 });
  const { token } = await client.open({ user_id: 'other' });
  const results = { export: [] as number[], erase: [] as number[], waits: [] as number[] };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const user_id = `user-${round}`;
    await openMany(client, user_id);
    let lines = 0;
    const exported = await beside(client, token, async () => {
      for await (const _ of client.exportUser(user_id)) lines += 1;
    });
    if (lines < sessions) throw new Error(`${name}: ${lines} of ${sessions} sessions were exported`);
    const erased = await beside(client, token, () => client.eraseUser(user_id));
    results.export.push(exported.ms);
    results.erase.push(erased.ms);
    results.waits.push(exported.p99, erased.p99);
  }
  const [exported, erased] = [results.export, results.erase].map((all) => percentile(all, 0.5).toFixed(0));
  const waited = Math.max(...results.waits).toFixed(0);
  process.stdout.write(
    `${name}: export ${exported} ms, erase ${erased} ms (medians); validations meanwhile p99 at most ${waited} ms\n`,
  );
  await service.kill();
  await started?.remove();
  remove();
}

for (const name of values.stores.split(',')) await measure(name);
