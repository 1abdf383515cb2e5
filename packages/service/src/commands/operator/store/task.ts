import { existsSync } from 'node:fs';
import { type Config, loadConfig } from '../../../config/config.ts';
import { storeFile } from '../../../stores/create-store.ts';
import type { MaintenanceModule, StoreMaintenance, Task } from '../../../stores/shared/maintenance/maintenance.ts';
import { schemeOf, withoutPassword } from '../../../stores/shared/store-url.ts';
import { assertExists, assertNotMemory } from '../../../transfer/transfer-store.ts';
import { CommandError, EXIT_CODES } from '../command-error.ts';
import type { OperatorContext } from '../context.ts';
import type { ConnectionFlags } from '../parameters.ts';

/** The store that a command works on. */
export type StoreFlags = Pick<ConnectionFlags, 'store' | 'config'>;

interface MaintainedStore {
  readonly maintenance: StoreMaintenance;
  /** Its URL without a password. */
  readonly name: string;
}

/** Returns the store of `--store` or of the settings. `work` is a verb for messages. Throws `INVALID_CONFIG`. */
export async function maintained(
  { env }: OperatorContext,
  { store, config: file }: StoreFlags,
  work: string,
): Promise<MaintainedStore> {
  const loaded = loadConfig(env, file);
  const config: Config = store === undefined ? loaded : { ...loaded, store };
  assertNotMemory(config);
  assertExists(config, work);
  const scheme = schemeOf(config.store);
  const module = storeFile(scheme, 'maintenance/maintenance');
  if (!existsSync(module))
    throw new CommandError(`A store whose URL begins with "${scheme}:" cannot be used here.`, EXIT_CODES.usage);
  const { maintenance } = (await import(module.href)) as MaintenanceModule;
  return { maintenance: maintenance(config.store), name: withoutPassword(config.store) };
}

/** Time between two lines about the progress. */
const PROGRESS_INTERVAL_MS = 5_000;

/** Runs work that may take minutes: says how far it is, and ends in order at Ctrl+C. */
export async function running<T>(context: OperatorContext, work: (task: Task) => Promise<T>): Promise<T> {
  const signal = context.interruption();
  let latest: string | null = null;
  const timer = setInterval(() => {
    if (latest !== null) context.say(`Still running: ${latest}.`);
  }, PROGRESS_INTERVAL_MS);
  const progress = (text: string) => {
    latest = text;
  };
  try {
    return await work({ signal, progress });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CommandError('The command was interrupted.', EXIT_CODES.interrupted);
  } finally {
    clearInterval(timer);
  }
}
