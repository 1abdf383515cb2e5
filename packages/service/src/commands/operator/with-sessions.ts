import { CommandError, EXIT_CODES } from './command-error.ts';
import type { Connection } from './connection/connection.ts';
import type { OperatorContext } from './context.ts';
import { type ConnectionFlags, DEFAULT_URL } from './parameters.ts';

/** Runs `work` with the service or the store that the options name. */
export async function withSessions<T>(
  context: OperatorContext,
  { url, key, store, config }: ConnectionFlags,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const isStore = store !== undefined || config !== undefined;
  if (isStore && (url !== undefined || key !== undefined)) {
    throw new CommandError('Use either --url and --key, or --store and --config.', EXIT_CODES.usage);
  }
  if (isStore) {
    const { withStoreConnection } = await import('./connection/store-connection.ts');
    return withStoreConnection(context.env, { store, config }, context.say, work);
  }
  const { remoteConnection } = await import('./connection/remote-connection.ts');
  const { SESSIONS_URL, SESSIONS_KEY } = context.env;
  return work(remoteConnection(url ?? (SESSIONS_URL || DEFAULT_URL), key ?? (SESSIONS_KEY || null), context.say));
}
