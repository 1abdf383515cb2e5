import { auditedClientOf } from '../../../api/in-process-client.ts';
import { type Config, loadConfig } from '../../../config/config.ts';
import { sessionsSettings } from '../../../config/sessions-settings.ts';
import type { SessionChange } from '../../../domain/changes.ts';
import { Sessions } from '../../../domain/sessions.ts';
import { systemClock } from '../../../domain/time/clock.ts';
import { CheckedClock } from '../../../domain/time/clock-check.ts';
import { ClockWatch } from '../../../observability/clock-watch.ts';
import { createLogger } from '../../../observability/log.ts';
import { createStore } from '../../../stores/create-store.ts';
import { isSharedStore, withoutPassword } from '../../../stores/shared/store-url.ts';
import { assertExists, assertNotMemory } from '../../../transfer/transfer-store.ts';
import { commandAudit } from '../../command-audit.ts';
import { CommandError, EXIT_CODES } from '../command-error.ts';
import type { Connection } from './connection.ts';

interface StoreFlags {
  readonly store: string | undefined;
  readonly config: string | undefined;
}

/** Runs `work` with the use cases over a store in this process, with the settings of the service. */
export async function withStoreConnection<T>(
  env: NodeJS.ProcessEnv,
  { store: given, config: file }: StoreFlags,
  say: (line: string) => void,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const loaded = loadConfig(env, file);
  const config: Config = given === undefined ? loaded : { ...loaded, store: given };
  assertNotMemory(config);
  assertExists(config, 'read or change');
  const settings = sessionsSettings(config);
  // A node with a wrong clock ends no session, because an end cannot be undone.
  const clock = new CheckedClock(systemClock());
  const audit = commandAudit(config, clock, say);
  const store = await createStore(config.store, { ...settings, clock });
  const clocks = new ClockWatch(clock, store, createLogger('silent'));
  try {
    await store.open();
    await clocks.start();
    const sessions = new Sessions(store, clock, settings);
    const { value_limit, body_limit } = config;
    const client = auditedClientOf(sessions, { value_bytes_max: value_limit, body_bytes_max: body_limit }, audit);
    const changes: Connection['changes'] = (started, signal) => {
      if (isSharedStore(config.store)) return changesOf(sessions, started, signal);
      const message = 'A sqlite: store has no changes while no service uses it. Use --url with a running service.';
      throw new CommandError(message, EXIT_CODES.usage);
    };
    const result = await work({ client, name: withoutPassword(config.store), changes });
    await sessions.settled();
    return result;
  } finally {
    clocks.stop();
    await store.close();
    audit?.close();
  }
}

/** The maximum number of changes that wait for the output. If there are more, the oldest are replaced by a gap. */
const WAITING_MAX = 10_000;

async function* changesOf(
  sessions: Sessions,
  started: () => void,
  signal: AbortSignal,
): AsyncGenerator<SessionChange, void, undefined> {
  let waiting: SessionChange[] = [];
  let wake = () => {};
  const unwatch = sessions.watch((change) => {
    if (waiting.length >= WAITING_MAX) waiting = [{ type: 'gap' }];
    waiting.push(change);
    wake();
  });
  signal.addEventListener('abort', () => wake());
  try {
    started();
    while (!signal.aborted) {
      const some = waiting;
      waiting = [];
      yield* some;
      if (waiting.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unwatch();
  }
}
