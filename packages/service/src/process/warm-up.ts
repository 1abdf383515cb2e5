import { useCompileCache } from './compile-cache.ts';

/** Enough calls for V8 to optimise for one shape. 300 calls were too few when the SQLite store is loaded. */
const CALLS = 5_000;

/**
 * Must run before the process loads anything else.
 *
 * It loads code that was compiled at the last start from the disk, if the folder is safe. Then it calls `process.nextTick`
 * in a simple loop. If the first calls come from a large start, V8 (in Node 26) often uses slower, generic code for it.
 * Each call then takes 0.5 µs instead of 0.05 µs, as long as the process lives. There are five calls a request, so it
 * costs a fourteenth of a `get`.
 */
export async function warmUp(env: NodeJS.ProcessEnv): Promise<void> {
  useCompileCache(env);
  const { promise, resolve } = Promise.withResolvers<void>();
  let call = 0;
  const next = () => {
    call += 1;
    if (call < CALLS) process.nextTick(next, call);
    else resolve();
  };
  next();
  await promise;
}
