import type { SessionsClient } from '@pip-sessions/client';
import type { SessionChange } from '../../packages/service/src/domain/changes.ts';
import type { SessionsSettings } from '../../packages/service/src/domain/settings.ts';
import type { ManualClock } from '../../packages/service/src/domain/time/clock.ts';

/**
 * The service as a use case sees it: the client's interface, which is the same for every access and every store, and
 * controls of the operator.
 */
export interface World {
  readonly sessions: SessionsClient;
  /** The service's clock. It stands still until a case moves it. */
  readonly clock: ManualClock;
  readonly settings: SessionsSettings;
  /** The largest `user` and the largest `data`, in bytes of their JSON. */
  readonly value_bytes_max: number;
  /** Changes that `watch` has published since the case began. */
  readonly changes: readonly SessionChange[];
  /** One pass of the sweeper. */
  readonly sweep: () => Promise<void>;
  /** Resolves when all activity is written. Requests do not wait for these writes. */
  readonly settled: () => Promise<void>;
}

/** One promise to the users of the service. `run` rejects if the service breaks it. */
export interface UseCase {
  readonly name: string;
  /** Settings other than the defaults. */
  readonly settings?: Partial<SessionsSettings>;
  /** Set if only the HTTP transport keeps this promise. */
  readonly over?: 'http';
  /** Needs a world without sessions. Leaves sessions in it. */
  readonly run: (world: World) => Promise<void>;
}
