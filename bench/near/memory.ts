import { createCachedSessionsClient } from '@pip-sessions/client';
import { inWords } from './figures.ts';
import { heapUsed } from './heap.ts';
import { startTestBed } from './test-bed.ts';

const AT_ONCE = 256;
const BYTES_MAX = 4_294_967_296;
/** Limit of heap bytes for a session of typical size. The cache itself estimates sizes in a simpler way. */
const SESSION_BYTES_MAX = 4_000;

/** Measures the heap that a cached session takes, and the size that the cache counts for it. */
export async function measureMemory(sessions: number, say: (line: string) => void): Promise<boolean> {
  const testBed = await startTestBed('sqlite');
  // Room for twice as many, because used entries are in the younger of two generations.
  const client = createCachedSessionsClient({
    url: testBed.urls[0],
    cached_sessions_max: 2 * sessions,
    cached_bytes_max: BYTES_MAX,
  });
  try {
    const tokens: string[] = [];
    let json_bytes = 0;
    await inTurns(sessions, async (n) => {
      const { token, session } = await client.open(typicalSession(n));
      tokens[n] = token;
      json_bytes += JSON.stringify(session).length;
    });
    const before = heapUsed();
    // Copies, so that the tokens in the cache count too.
    await inTurns(sessions, (n) => client.read(Buffer.from(tokens[n] ?? '').toString()));
    const { entries, bytes } = client.cacheStats();
    const each = (heapUsed() - before) / entries;
    say(`A cached session takes ${inWords(each)} bytes of heap (${inWords(entries)} sessions after a collection);`);
    say(
      `  its JSON has ${inWords(json_bytes / sessions)} bytes, and the cache counts ${inWords(bytes / entries)} bytes`,
    );
    say(`  so that ${inWords(100_000)} sessions take ${inWords((each * 100_000) / 2 ** 20)} MiB`);
    return entries === sessions && each <= SESSION_BYTES_MAX;
  } finally {
    client.stop();
    await testBed.remove();
  }
}

function typicalSession(n: number) {
  return {
    user_id: `user-${n}`,
    user_name: `User ${n}`,
    address: `10.0.${(n >> 8) % 256}.${n % 256}`,
    client: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    user: { name: `User ${n}`, roles: ['customer', 'editor'], locale: 'en' },
    data: { cart: [{ sku: `sku-${n}`, quantity: 1 }], theme: 'dark', last_page: `/products/${n}` },
  };
}

async function inTurns(count: number, run: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
