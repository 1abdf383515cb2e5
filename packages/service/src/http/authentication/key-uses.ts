import type { KeyUse, KeyUses } from '../../api/key-uses.ts';
import type { Peers } from '../../observability/peers.ts';
import type { ApiKeys, UsedKey } from './api-keys.ts';

/** The uses of keys in one process, as the processes of a node exchange them. */
export interface ProcessKeyUses {
  /** When the process began to count, in milliseconds since 1970. */
  readonly since: number;
  readonly uses: readonly Pick<UsedKey, 'name' | 'hash' | 'last_used' | 'uses'>[];
}

interface Options {
  /** Null for a service without keys. */
  readonly keys: ApiKeys | null;
  readonly now: () => number;
  /** The other processes of the node; null if there are none. */
  readonly peers: Peers<ProcessKeyUses> | null;
}

/** Returns a function that returns the uses of all keys at this node, in all its processes. */
export function keyUses({ keys, now, peers }: Options): () => Promise<KeyUses> {
  const since = now();
  const own = (): ProcessKeyUses => ({
    since,
    uses: (keys?.all ?? []).map(({ name, hash, last_used, uses }) => ({ name, hash, last_used, uses })),
  });
  peers?.serve(own);
  return async () => {
    const { parts, isComplete } = (await peers?.collect()) ?? { parts: [], isComplete: true };
    const processes = [own(), ...parts];
    return {
      since: isComplete ? Math.max(...processes.map((process) => process.since)) : now(),
      keys: (keys?.all ?? []).map((key) => sumOf(key, processes)),
    };
  };
}

/** During a change of the settings, processes may have different keys of one name. */
function sumOf({ name, scope, hash, expires }: UsedKey, processes: readonly ProcessKeyUses[]): KeyUse {
  const found = processes.flatMap(({ uses }) => uses.filter((use) => use.name === name && use.hash === hash));
  return {
    name,
    scope,
    expires,
    last_used: Math.max(...found.map((use) => use.last_used)) || null,
    uses: found.reduce((sum, { uses }) => sum + uses, 0),
  };
}
