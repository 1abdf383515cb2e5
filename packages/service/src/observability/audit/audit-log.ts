import type { AuditEvent } from '../../domain/audit-event.ts';
import { SessionsError } from '../../domain/errors.ts';
import { randomText } from '../../domain/ids.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { type AuditLink, lineHash } from './audit-line.ts';

/** Where the lines go. */
export interface AuditTarget {
  /** Returns the hash of the last line before this process; `NO_LINE` for none. */
  readonly lastHash: () => string;
  /** Throws if the line was not written. */
  readonly append: (line: string) => void;
  readonly close: () => void;
}

/** Lines that wait because the target takes none. At the bound, audited requests are already rejected. */
const WAITING_MAX = 1_000;

/**
 * Writes who did what, as lines of JSON that are linked by hashes, so that a changed or missing line is found
 * (`verifyAudit`). A line is written before the response to its request.
 *
 * If a line cannot be written, it waits, and `assertWritable` rejects further audited requests until it is written.
 */
export class AuditLog {
  readonly #target: AuditTarget;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #chain = randomText(9);
  #n = 0;
  #prev: string;
  #waiting: string[] = [];
  #dropped = 0;

  /** Throws the error of the target if it cannot be read. */
  constructor(target: AuditTarget, clock: Clock, onFault: (error: unknown) => void) {
    this.#target = target;
    this.#clock = clock;
    this.#onFault = onFault;
    this.#prev = target.lastHash();
  }

  write(event: AuditEvent, about: Readonly<Record<string, unknown>>): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#dropped += 1;
      return;
    }
    const link: AuditLink = { chain: this.#chain, n: this.#n, prev: this.#prev };
    const dropped = this.#dropped > 0 ? { dropped: this.#dropped } : {};
    const line = JSON.stringify({ time: isoTime(this.#clock.now()), event, ...about, ...dropped, ...link });
    this.#dropped = 0;
    this.#n += 1;
    this.#prev = lineHash(line);
    this.#waiting.push(line);
    this.#flush();
  }

  /** Rejects a request that is to be audited, with `STORE_UNAVAILABLE`, while lines cannot be written. */
  assertWritable(): void {
    this.#flush();
    if (this.#waiting.length > 0) {
      throw new SessionsError('STORE_UNAVAILABLE', 'The audit log cannot be written, so nothing was changed.');
    }
  }

  close(): void {
    this.#flush();
    this.#target.close();
  }

  #flush(): void {
    try {
      for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
        this.#target.append(line);
        this.#waiting.shift();
      }
    } catch (error) {
      this.#onFault(error);
    }
  }
}
