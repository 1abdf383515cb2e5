import { CHECKED_IDS_MAX, type SessionCheck } from '@pip-sessions/contract/session-check';
import type { LiveEntry } from './live-entry.ts';

/** The number of requests at a time. A thousand sessions are four requests. */
const CHECKS_AT_ONCE = 4;
/** The pause after a failed request in milliseconds, with a jitter of the same length. */
const RETRY_MS = 150;

/** The functions of a queue's owner. */
export interface CheckSource {
  /** Returns the states of 1 to 256 sessions, in the order of the ids. */
  readonly check: (ids: readonly string[]) => Promise<readonly SessionCheck[]>;
  /** A clock of elapsed time in milliseconds. */
  readonly now: () => number;
  /** Returns a number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** Called with the error of a failed request. Its sessions are not checked again by the queue itself. */
  readonly failed: (error: unknown) => void;
  /** Called with each result, and the moment at which its request was sent. */
  readonly checked: (entry: LiveEntry, result: SessionCheck, sent_at: number) => void;
}

/** Checks sessions in requests of at most 256, a few at a time. An entry waits at most once, so the queue is bounded. */
export class CheckQueue {
  readonly #source: CheckSource;
  #waiting: LiveEntry[] = [];
  #requests = 0;
  #resumes_at = Number.NEGATIVE_INFINITY;

  constructor(source: CheckSource) {
    this.#source = source;
  }

  /** Adds an entry, unless it already waits. `send` sends it. */
  add(entry: LiveEntry): void {
    if (entry.isChecking) return;
    entry.isChecking = true;
    this.#waiting.push(entry);
  }

  /** Sends as many requests as are allowed at this moment. */
  send(): void {
    while (this.#waiting.length > 0 && this.#requests < CHECKS_AT_ONCE && this.#source.now() >= this.#resumes_at) {
      // From the end: removing the first entries would move all others.
      const taken = this.#waiting.splice(-CHECKED_IDS_MAX).filter((entry) => !entry.isEmpty);
      if (taken.length > 0) void this.#sendOne(taken);
    }
  }

  async #sendOne(entries: readonly LiveEntry[]): Promise<void> {
    const sent_at = this.#source.now();
    this.#requests += 1;
    for (const entry of entries) entry.hasChanged = false;
    try {
      const results = await this.#source.check(entries.map(({ id }) => id));
      for (const [index, entry] of entries.entries()) {
        entry.isChecking = false;
        const result = results[index];
        if (result && !entry.isEmpty) this.#source.checked(entry, result, sent_at);
      }
    } catch (error) {
      for (const entry of entries) entry.isChecking = false;
      this.#resumes_at = this.#source.now() + RETRY_MS * (1 + this.#source.random());
      this.#source.failed(error);
    } finally {
      this.#requests -= 1;
      this.send();
    }
  }
}
