/** The service in its own thread: its heap is measured separately, and a crash does not end the fuzzer. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { loadConfig } from '../../../packages/service/src/config/config.ts';
import { createLogger } from '../../../packages/service/src/observability/log.ts';
import { startService } from '../../../packages/service/src/service.ts';
import { Counters } from './counters.ts';
import type { Aims, Request, Responses, ThreadData } from './messages.ts';

const PAGE = 1_000;
/** There are few kinds of log lines. Input inside a kind would create many. */
const KINDS_MAX = 100;
const COLLECTIONS = 4;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const { store, keys, counters: memory } = workerData as ThreadData;
const counters = new Counters(memory);
const kinds = new Map<string, number>();
const log = createLogger('info', { write: countLine });
const config = loadConfig({
  SESSIONS_STORE: store,
  SESSIONS_PORT: '0',
  SESSIONS_API_KEYS: keys.map(({ name, scope, hash }) => `${name}:${scope}:${hash}`).join(','),
  SESSIONS_MAX_PER_USER: '50',
  SESSIONS_SWEEP_INTERVAL: '0',
});
const service = await startService({ ...config, page_size_max: PAGE }, log);
service.sessions.watch(({ type }) => {
  if (type !== 'gap') counters.add('changes');
});

const handlers: { readonly [R in Request]: () => Promise<Responses[R]> } = {
  start: async () => ({ url: service.url }),
  open: openAims,
  empty,
  heap: async () => ({ bytes: await heapBytes() }),
  log: async () => [...kinds].sort(([, a], [, b]) => b - a),
  stop: () => service.stop().then(() => null),
};
parentPort?.on('message', async (request: Request) => parentPort?.postMessage(await handlers[request]()));

function countLine(line: string): void {
  const { level, event, msg } = JSON.parse(line);
  counters.add(level === 'info' ? 'info_lines' : 'warn_lines');
  const kind = [level, event, msg].filter(Boolean).join(': ');
  if (kinds.has(kind) || kinds.size < KINDS_MAX) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}

async function openAims(): Promise<Aims> {
  const { sessions } = service;
  const live = await sessions.openWithToken({ user_id: 'u' }, null);
  const { token } = await sessions.rotate(live.token);
  const ended = await sessions.openWithToken({ user_id: 'u' }, null);
  await sessions.close(ended.session.id);
  return {
    id: live.session.id,
    token,
    rotated_token: live.token,
    ended_id: ended.session.id,
    ended_token: ended.token,
  };
}

async function empty(): Promise<null> {
  const { sessions } = service;
  for (;;) {
    const page = await sessions.scan({}, null, PAGE);
    if (page.sessions.length === 0) return null;
    await Promise.all(page.sessions.map(({ id }) => sessions.remove(id)));
  }
}

async function heapBytes(): Promise<number> {
  for (let round = 0; round < COLLECTIONS; round += 1) {
    collect();
    // A second collection frees the objects that finalizers released.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}
