import { temporaryFolder } from '../near/test-bed.ts';
import { ENGINES, startEngine } from '../nodes/engines.ts';

interface StartedStore {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

/** A store for a benchmark: that of `url`, which is kept, or a new one of the kind `name`, which is removed at the end. */
export async function startStore(name: string, url: string | undefined): Promise<StartedStore> {
  if (url !== undefined) return { url, remove: async () => {} };
  const engine = ENGINES.find((known) => known === name);
  if (engine !== undefined) return startEngine(engine);
  if (name !== 'sqlite') throw new TypeError(`--store is ${name}; allowed: sqlite, ${ENGINES.join(', ')}`);
  const { folder, remove } = temporaryFolder();
  return { url: `sqlite:${folder}/sessions.db`, remove: async () => remove() };
}
