import assert from 'node:assert/strict';
import { createSessionsClient, type SessionsClient } from '@pip-sessions/client';
import { sessionsClientOf } from '../../packages/service/src/api/in-process-client.ts';
import type { SessionChange } from '../../packages/service/src/domain/changes.ts';
import { Sessions } from '../../packages/service/src/domain/sessions.ts';
import { SESSIONS_SETTINGS } from '../../packages/service/src/domain/settings.ts';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import type { ManualClock } from '../../packages/service/src/domain/time/clock.ts';
import { startTestServer } from '../http/test-server.ts';
import { removeAll } from '../stores/emptying.ts';
import { DAY_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

const VALUE_BYTES_MAX = 65_536;
/** Longer than any test needs, also on a slow machine. */
const TIMEOUT_MS = 120_000;

/** How callers reach the use cases. */
export type Access = 'in process' | 'http';

interface Connection {
  readonly client: SessionsClient;
  readonly stop: () => Promise<void>;
}

async function connect(access: Access, sessions: Sessions, clock: ManualClock): Promise<Connection> {
  if (access === 'in process') {
    return { client: sessionsClientOf(sessions, { value_bytes_max: VALUE_BYTES_MAX }), stop: async () => {} };
  }
  const { url, stop } = await startTestServer({ sessions, clock, v2: { value_limit: VALUE_BYTES_MAX } });
  return { client: createSessionsClient({ url, timeout_ms: TIMEOUT_MS }), stop };
}

/**
 * Runs cases one after the other over one store, because opening a store takes longer than most cases. The store is
 * empty for each case. `clock` moves by days between two cases, so that hourly counts of one do not show in the next.
 */
export function worldsOf(
  access: Access,
  clock: ManualClock,
): { readonly run: (store: SessionStore, useCase: UseCase) => Promise<void> } {
  async function run(store: SessionStore, useCase: UseCase): Promise<void> {
    const settings = { ...SESSIONS_SETTINGS, ...useCase.settings };
    const faults: unknown[] = [];
    const changes: SessionChange[] = [];
    const sessions = new Sessions(store, clock, settings, (error) => faults.push(error));
    const unwatch = sessions.watch((change) => changes.push(change));
    const settled = () => sessions.settled();
    const sweep = async () => void (await sessions.sweep());
    const { client, stop } = await connect(access, sessions, clock);
    try {
      const world = { clock, settings, value_bytes_max: VALUE_BYTES_MAX, changes, sweep, settled };
      await useCase.run({ sessions: client, ...world });
    } finally {
      await stop();
      await settled();
      unwatch();
      await removeAll(store, clock.now());
      clock.advance(3 * DAY_MS);
    }
    assert.deepEqual(faults, [], 'activity that could not be written');
  }

  return { run };
}
