import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes of the heap that are in use after a full collection. */
export function heapUsed(): number {
  // What the first finds dead holds other things that the second frees.
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
