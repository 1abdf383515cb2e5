import { join } from 'node:path';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { type CachedSessionsClient, createCachedSessionsClient } from '@pip-sessions/client';
import { Process } from '../processes.ts';
import { inWords } from './figures.ts';
import { heapUsed } from './heap.ts';
import { temporaryFolder } from './test-bed.ts';

const SESSIONS = 20_000;
const LISTENERS = 50;
const WRITERS = 8;
/** Several readers, so that a read that waits for the service does not delay the others. */
const READERS = 16;
const OPENED_AT_ONCE = 64;
const READS_A_TURN = 1_000;
const SAMPLE_MS = 30_000;
const READY_TIMEOUT_MS = 60_000;
/**
 * The heap is flat if the mean of the last quarter exceeds that of the second quarter by at most this fraction. Caches and
 * logs fill up in the first quarter. A leak of a hundred bytes per write would be tens of MiB.
 */
const GROWTH_PART_MAX = 0.05;
const GROWTH_BYTES_MAX = 2_097_152;

/** Reads, opens, ends and rotates for minutes, and samples the heaps of the client's and the service's process. */
export async function measureSoak(minutes: number, say: (line: string) => void): Promise<boolean> {
  const { folder, remove } = temporaryFolder();
  const store = `sqlite:${join(folder, 'sessions.db')}`;
  const service = Process.start('the service', new URL('soak-service.ts', import.meta.url), [store]);
  const url = await service.next<string>(READY_TIMEOUT_MS);
  const client = createCachedSessionsClient({ url });
  const stopped = new AbortController();
  try {
    const listeners = Array.from({ length: LISTENERS }, () => listen(url, stopped.signal));
    const load = new Load(client);
    await load.fill();
    const running = load.run(stopped.signal);
    const samples: { readonly client: number; readonly service: number }[] = [];
    for (let sample = 0; sample < Math.max(4, (minutes * 60_000) / SAMPLE_MS); sample += 1) {
      await Promise.race([delay(SAMPLE_MS), running]);
      const heaps = { client: heapUsed(), service: await service.ask<number>({}, READY_TIMEOUT_MS) };
      samples.push(heaps);
      const { reads, writes } = load.counts();
      say(
        `  ${((sample + 1) * SAMPLE_MS) / 1000} s: client ${mebibytes(heaps.client)} MiB, ` +
          `service ${mebibytes(heaps.service)} MiB; ${inWords(reads)} reads, ${inWords(writes)} writes`,
      );
    }
    stopped.abort();
    await Promise.all([running, ...listeners]);
    const { entries, hits, loads } = client.cacheStats();
    say(`  ${inWords(hits)} reads from the cache, ${inWords(loads)} from the service; ${inWords(entries)} entries`);
    const isClientFlat = isFlat(
      'client',
      samples.map((heaps) => heaps.client),
      say,
    );
    const isServiceFlat = isFlat(
      'service',
      samples.map((heaps) => heaps.service),
      say,
    );
    return isClientFlat && isServiceFlat;
  } finally {
    stopped.abort();
    client.stop();
    await service.stop();
    remove();
  }
}

function isFlat(name: string, heaps: readonly number[], say: (line: string) => void): boolean {
  const quarter = (number: number) =>
    mean(heaps.slice(Math.floor((heaps.length * (number - 1)) / 4), Math.floor((heaps.length * number) / 4)));
  const [second, last] = [quarter(2), quarter(4)];
  const growth = last - second;
  const isKept = growth <= Math.max(GROWTH_BYTES_MAX, second * GROWTH_PART_MAX);
  say(
    `heap of the ${name}: ${mebibytes(second)} MiB in the second quarter, ${mebibytes(last)} MiB in the last: ` +
      `${isKept ? 'flat' : 'NOT FLAT'}`,
  );
  return isKept;
}

/** Reads continuously. Beside it, writers replace sessions and rotate tokens, each with one request at a time. */
class Load {
  readonly #client: CachedSessionsClient;
  readonly #sessions: { id: string; token: string }[] = [];
  #reads = 0;
  #writes = 0;

  constructor(client: CachedSessionsClient) {
    this.#client = client;
  }

  counts() {
    return { reads: this.#reads, writes: this.#writes };
  }

  async fill(): Promise<void> {
    for (let first = 0; first < SESSIONS; first += OPENED_AT_ONCE) {
      const count = Math.min(OPENED_AT_ONCE, SESSIONS - first);
      const opened = await Promise.all(Array.from({ length: count }, (_, n) => this.#open(first + n)));
      this.#sessions.push(...opened);
      await Promise.all(opened.map(({ token }) => this.#client.read(token)));
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const writers = Array.from({ length: WRITERS }, (_, writer) => this.#write(writer, signal));
    const readers = Array.from({ length: READERS }, () => this.#read(signal));
    await Promise.all([...readers, ...writers]);
  }

  async #read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (let n = 0; n < READS_A_TURN; n += 1) {
        // A writer may have closed or rotated it meanwhile.
        await this.#client.read(this.#sessions[Math.floor(Math.random() * SESSIONS)]?.token ?? '');
      }
      this.#reads += READS_A_TURN;
      await setImmediate();
    }
  }

  async #write(writer: number, signal: AbortSignal): Promise<void> {
    for (let turn = 0; !signal.aborted; turn += 1) {
      // Each writer has its own part of the sessions.
      const place = (writer + turn * WRITERS) % SESSIONS;
      const session = this.#sessions[place];
      if (!session) return;
      if (turn % 2 === 0) {
        await this.#client.close(session.id);
        this.#sessions[place] = await this.#open(place);
        this.#writes += 2;
      } else {
        const { token } = await this.#client.rotate({ token: session.token });
        this.#sessions[place] = { id: session.id, token };
        this.#writes += 1;
      }
    }
  }

  async #open(place: number): Promise<{ id: string; token: string }> {
    const { session, token } = await this.#client.open({ user_id: `user-${place}`, data: { cart: [place] } });
    return { id: session.id, token };
  }
}

async function listen(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/v2/changes`, { signal });
  try {
    for await (const _ of response.body ?? []) {
      // The error is ignored.
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
