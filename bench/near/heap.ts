import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Used bytes of the heap after a full collection. */
export function heapUsed(): number {
  // Twice: some objects become free only after finalizers of the first collection.
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
