import type { EndReason } from '@pip-sessions/contract/session-reader';

/** Called once when the session of a connection has ended, with the reason. */
export type Close = (reason: EndReason) => void;

/** One connection. It is an object of its own, so that a function can be registered twice. */
export interface Registration {
  readonly close: Close;
}

/** A session with at least one connection. Times are milliseconds of a clock of elapsed time. */
export class LiveEntry {
  readonly id: string;
  /** The session was live at this moment: a check that showed it live started then, or later. */
  confirmed_at: number;
  /** From this moment on, only a check shows whether the session is live. */
  due_at: number;
  /** Whether a check is waiting or was sent. */
  isChecking = false;
  /** Whether the session has changed since its check was sent. */
  hasChanged = false;
  /** Most sessions have one connection, and a set would be larger than the rest of the entry. */
  #registrations: Registration | Set<Registration> | null = null;

  constructor(id: string, now: number) {
    this.id = id;
    this.confirmed_at = now;
    this.due_at = now;
  }

  /** Whether no connection is left. */
  get isEmpty(): boolean {
    return this.#registrations === null;
  }

  add(registration: Registration): void {
    if (this.#registrations === null) this.#registrations = registration;
    else if (this.#registrations instanceof Set) this.#registrations.add(registration);
    else this.#registrations = new Set([this.#registrations, registration]);
  }

  /** Removes a connection. Returns whether it was there. */
  delete(registration: Registration): boolean {
    if (this.#registrations instanceof Set) {
      const wasThere = this.#registrations.delete(registration);
      if (this.#registrations.size === 0) this.#registrations = null;
      return wasThere;
    }
    if (this.#registrations !== registration) return false;
    this.#registrations = null;
    return true;
  }

  /** Removes and returns all connections. */
  takeAll(): readonly Registration[] {
    const taken = this.#registrations;
    this.#registrations = null;
    if (taken instanceof Set) return [...taken];
    return taken === null ? [] : [taken];
  }
}
