import type { Logger } from '../../observability/log.ts';
import { RecentClients } from './recent-clients.ts';

/** A line for each wrong key would let anybody fill the disk. */
const LINE_INTERVAL_MS = 1_000;

/** Why a request was refused: nothing that was presented, which may be a key with one character wrong. */
export type Failure =
  | { readonly event: 'authentication_failed'; readonly code: string; readonly reason: string }
  | { readonly event: 'authorization_failed'; readonly code: string; readonly key: string; readonly needed: string };

interface Line {
  readonly time: number;
  /** Failures since, which had no line. */
  unlogged: number;
}

/** Security events (ASVS 16.3.1, 16.3.2): a line a second for each address and event, with the count of the others. */
export class FailureLog {
  readonly #log: Logger;
  readonly #lines = {
    authentication_failed: new RecentClients<Line>(),
    authorization_failed: new RecentClients<Line>(),
  };

  constructor(log: Logger) {
    this.#log = log;
  }

  write(failure: Failure, address: string, now: number): void {
    const lines = this.#lines[failure.event];
    const last = lines.get(address);
    if (last && now - last.time < LINE_INTERVAL_MS) {
      last.unlogged += 1;
      return;
    }
    lines.set(address, { time: now, unlogged: 0 });
    this.#log.warn({ ...failure, address, unlogged: last?.unlogged ?? 0, msg: 'request refused' });
  }
}
