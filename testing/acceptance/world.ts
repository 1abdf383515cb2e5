import type { SessionsClient } from '@pip-sessions/client';
import type { SessionChange } from '../../packages/service/src/domain/changes.ts';
import type { SessionsSettings } from '../../packages/service/src/domain/settings.ts';
import type { ManualClock } from '../../packages/service/src/domain/time/clock.ts';

/**
 * What a use case sees of the service: the client's own interface, wherever the service runs and whatever it stores
 * in, and the hands of those who operate it. Nothing stands between the two but what `sessions` calls.
 */
export interface World {
  readonly sessions: SessionsClient;
  /** Of the service; it stands still until a case moves it. */
  readonly clock: ManualClock;
  readonly settings: SessionsSettings;
  /** The largest `user` and the largest `data`, in bytes of their JSON. */
  readonly value_bytes_max: number;
  /** What `watch` has told from the beginning of the case. */
  readonly changes: readonly SessionChange[];
  /** One pass of the sweeper. */
  readonly sweep: () => Promise<void>;
  /** Resolves when the activity that was noticed is written: requests do not wait for it. */
  readonly settled: () => Promise<void>;
}

/** One promise to the users of the service; `run` rejects when it is broken. */
export interface UseCase {
  readonly name: string;
  /** What differs from the defaults. */
  readonly settings?: Partial<SessionsSettings>;
  /** For what the transport alone sees to. */
  readonly over?: 'http';
  /** Needs a world without sessions, and leaves sessions in it. */
  readonly run: (world: World) => Promise<void>;
}
