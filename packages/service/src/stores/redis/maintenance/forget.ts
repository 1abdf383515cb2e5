import type { Task } from '../../shared/maintenance/maintenance.ts';
import { INDEXES } from '../data/keys.ts';
import { FORGET } from '../data/scripts/forget.ts';
import { idsIn } from './members.ts';
import type { Opened } from './opened.ts';

/**
 * Removes entries of the common indexes whose sessions have expired in the server. The indexes of a user expire there
 * too.
 */
export async function forgetMissing({ engine, keys }: Opened, { signal, progress }: Task) {
  let looked = 0;
  let removed = 0;
  for (const shard of keys.shards) {
    const indexes = INDEXES.map((index) => keys.index(shard, index));
    for (const index of indexes) {
      for await (const ids of idsIn(engine, shard, index)) {
        signal.throwIfAborted();
        const names = ids.map((id) => keys.session(id));
        const texts = await Promise.all(names.map((name) => engine.send<number>(shard, ['EXISTS', name])));
        const missing = ids.filter((_, place) => texts[place] === 0);
        const missingNames = names.filter((_, place) => texts[place] === 0);
        if (missing.length > 0) await engine.run(shard, FORGET, [...missingNames, ...indexes], missing);
        looked += ids.length;
        removed += missing.length;
        progress(`${looked} index entries read, ${removed} removed`);
      }
    }
  }
  return [
    ['index entries read', String(looked)],
    ['sessions removed from indexes', String(removed)],
  ] as const;
}
