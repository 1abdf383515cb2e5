import { setImmediate } from 'node:timers/promises';
import { type CachedSessionsClient, createCachedSessionsClient, createSessionsClient } from '@pip-sessions/client';
import { startContender } from '../contenders/contender.ts';
import { spread } from '../report/spread.ts';
import { figure, inWords } from './figures.ts';
import { temporaryFolder } from './test-bed.ts';

const SESSIONS = 10_000;
const SLICE_MS = 1_000;
/** After this number of reads the event loop gets a turn, as in a server, to receive heartbeats of the change stream. */
const READS_A_TURN = 20_000;
const WARMING_AT_ONCE = 64;
/** The promised rate on one core. */
const HITS_A_SECOND_MIN = 2_000_000;

interface Slice {
  readonly a_second: number;
  /** CPU time of all threads of this process. */
  readonly cpu_us: number;
}

interface Contender {
  readonly name: string;
  readonly isHit: boolean;
  /** Reads one after the other until `isOver` returns true. Returns the number of reads. */
  readonly read: (isOver: () => boolean) => Promise<number>;
}

/** Measures validations from the cache and over HTTP, by one caller that awaits each, with a live service on SQLite. */
export async function measureHits(rounds: number, say: (line: string) => void): Promise<boolean> {
  const { folder, remove } = temporaryFolder();
  const service = await startContender('service-sqlite', SESSIONS, folder, true);
  const { port, tokens } = service.ready;
  const url = `http://127.0.0.1:${port}`;
  const cached = createCachedSessionsClient({ url });
  try {
    const plain = createSessionsClient({ url });
    const contenders: readonly Contender[] = [
      { name: `from memory, over ${inWords(tokens.length)} sessions`, isHit: true, read: hits(cached, tokens) },
      { name: 'from memory, over 1 session', isHit: true, read: hits(cached, tokens.slice(0, 1)) },
      {
        name: 'over HTTP (validate)',
        isHit: false,
        read: async (isOver) => {
          let reads = 0;
          for (; !isOver(); reads += 1) await plain.validate(tokens[reads % tokens.length] ?? '');
          return reads;
        },
      },
    ];
    const slices = new Map(contenders.map(({ name }) => [name, [] as Slice[]]));
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
        // Entries live for a minute. They are loaded here, outside the measurement.
        await readAll(cached, tokens);
        const { loads } = cached.cacheStats();
        const slice = await measure(contender);
        if (round > 0) slices.get(contender.name)?.push(slice);
        const loaded = cached.cacheStats().loads - loads;
        if (loaded > 0) say(`  round ${round}, ${contender.name}: ${loaded} reads sent requests to the service`);
      }
    }
    say(`Validations, each awaited before the next, by one process (median of ${rounds} rounds of ${SLICE_MS} ms):`);
    for (const [name, measured] of slices) {
      const rate = figure(measured.map(({ a_second }) => a_second));
      const cpu = figure(
        measured.map(({ cpu_us }) => cpu_us),
        2,
      );
      say(
        `  ${name}: ${rate} a second; ${cpu} µs of CPU each, which is ${inWords(aCoreSecond(measured))} per second of a core`,
      );
    }
    return contenders
      .filter(({ isHit }) => isHit)
      .every(({ name }) => aCoreSecond(slices.get(name)) >= HITS_A_SECOND_MIN);
  } finally {
    cached.stop();
    await service.stop();
    remove();
  }
}

function hits(client: CachedSessionsClient, tokens: readonly string[]) {
  return async (isOver: () => boolean): Promise<number> => {
    let reads = 0;
    while (!isOver()) {
      for (let n = 0; n < READS_A_TURN; n += 1) {
        const session = await client.read(tokens[(reads + n) % tokens.length] ?? '');
        if (session === null) throw new Error('a live session was rejected');
      }
      reads += READS_A_TURN;
      await setImmediate();
    }
    return reads;
  };
}

/** The rate on an otherwise idle core, computed from CPU time. */
function aCoreSecond(slices: readonly Slice[] = []): number {
  return 1e6 / (spread(slices.map(({ cpu_us }) => cpu_us))?.median ?? Number.POSITIVE_INFINITY);
}

async function measure({ read }: Contender): Promise<Slice> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const reads = await read(() => performance.now() - began >= SLICE_MS);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { a_second: reads / seconds, cpu_us: (user + system) / reads };
}

async function readAll(client: CachedSessionsClient, tokens: readonly string[]): Promise<void> {
  for (let first = 0; first < tokens.length; first += WARMING_AT_ONCE) {
    await Promise.all(tokens.slice(first, first + WARMING_AT_ONCE).map((token) => client.read(token)));
  }
}
