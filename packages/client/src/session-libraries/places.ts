import type { Session } from '@pip-sessions/contract/v2';
import { elapsedTime } from '../transport/platform.ts';
import type { SignIn } from './entry.ts';

/** The place of a session when this process last read it. */
export interface Place {
  readonly generation: number;
  /** The sign-in; null for a visitor, whose session is in the entry itself. */
  readonly sign_in: SignIn | null;
  /** The token of the sign-in; null if this process does not have it. */
  readonly token: string | null;
}

interface Noted extends Place {
  /** When activity of the entry was last recorded, and the `request_time` of the sign-in at that time. */
  readonly touched_ms: number;
  readonly request_time: string | null;
}

/** By default, the service stores activity once a minute. */
const TOUCH_MS_MAX = 60_000;
const TOUCH_PART_MAX = 1 / 10;

/** The places of the sessions that were used last, in bounded memory. A place may be outdated: the entry decides. */
export class Places {
  readonly #places = new Map<string, Noted>();
  readonly #places_max: number;

  constructor(places_max: number) {
    this.#places_max = places_max;
  }

  get(sid: string): Place | undefined {
    return this.#places.get(sid);
  }

  /** Remembers a place. `touched` is the session with the data, if activity of the entry was recorded just now. */
  note(sid: string, place: Place, touched: Session | null): void {
    const { touched_ms = Number.NEGATIVE_INFINITY, request_time = null } = this.#places.get(sid) ?? {};
    const noted = touched
      ? { touched_ms: elapsedTime(), request_time: touched.request_time }
      : { touched_ms, request_time };
    this.#places.delete(sid);
    this.#places.set(sid, { ...place, ...noted });
    if (this.#places.size <= this.#places_max) return;
    for (const oldest of this.#places.keys()) {
      this.#places.delete(oldest);
      return;
    }
  }

  forget(sid: string): void {
    this.#places.delete(sid);
  }

  /** Whether to record activity of the entry too, so that it lives as long as its sign-in. */
  isTouchDue(sid: string, { idle_timeout, request_time }: Session): boolean {
    const noted = this.#places.get(sid);
    if (!noted || noted.request_time === null) return true;
    const passed_ms = Math.max(
      elapsedTime() - noted.touched_ms,
      // The service's times also advance by requests to other processes.
      Date.parse(request_time) - Date.parse(noted.request_time),
    );
    return passed_ms >= Math.min(TOUCH_MS_MAX, idle_timeout * 1000 * TOUCH_PART_MAX);
  }
}
