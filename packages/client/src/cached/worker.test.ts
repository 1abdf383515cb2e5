import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { rolldown } from 'rolldown';
import { startTestServer } from '../../../../testing/http/test-server.ts';

const INDEX = new URL('../index.ts', import.meta.url);

/** The APIs of browsers and workers that the client may use. */
const WEB = {
  AbortController,
  AbortSignal,
  Headers,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearTimeout,
  crypto,
  fetch,
  performance,
  setTimeout,
};

/**
 * The code of the worker, as text, since it cannot use this file. It reads a token from memory until the session has
 * ended.
 */
const USE = `async ({ createCachedSessionsClient }, url, token, fromMemory) => {
  const client = createCachedSessionsClient({ url });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  while (client.cacheStats().hits === 0) {
    await turn();
    if ((await client.read(token)) === null) throw new Error('a live session was refused');
  }
  fromMemory();
  while ((await client.read(token)) !== null) await turn();
  client.stop();
}`;

async function start(t: TestContext) {
  const { url, sessions, clock, stop } = await startTestServer();
  t.after(stop);
  const { session, token } = await sessions.openWithToken({ user_id: 'u' }, null);
  // The touch of a session in use makes it cacheable.
  clock.advance(1);
  return { url, token, close: () => sessions.close(session.id) };
}

test('a worker thread reads sessions from memory, sees their end, and can exit', async (t) => {
  const { url, token, close } = await start(t);
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { index, url, token } = workerData;
    import(index).then((client) => (${USE})(client, url, token, () => parentPort.postMessage('from memory')));
  `;
  const worker = new Worker(code, { eval: true, workerData: { index: INDEX.href, url, token } });
  t.after(() => worker.terminate());
  const ended = once(worker, 'exit');
  assert.deepEqual(await once(worker, 'message'), ['from memory']);
  await close();
  assert.deepEqual(await ended, [0]);
});

test('bundled for browsers, the client has no imports and uses web APIs only', async (t) => {
  const { url, token, close } = await start(t);
  const bundle = await rolldown({
    input: fileURLToPath(INDEX),
    platform: 'browser',
    resolve: { conditionNames: ['source'] },
  });
  const { output } = await bundle.generate({ format: 'iife', name: 'client' });
  await bundle.close();
  const [chunk, ...others] = output;
  assert.deepEqual([chunk.imports, chunk.dynamicImports, others], [[], [], []]);
  const context = createContext({ ...WEB });
  runInContext(chunk.code, context);
  const fromMemory = Promise.withResolvers<void>();
  const used: Promise<void> = runInContext(`(${USE})`, context)(context.client, url, token, fromMemory.resolve);
  await Promise.race([fromMemory.promise, used]);
  await close();
  await used;
});
