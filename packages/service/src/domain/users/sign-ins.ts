import type { SessionFilter } from '../lists/filter.ts';
import type { CloseMatching, SessionStore } from '../store.ts';
import { OWNERS_OF_ENTRIES, ownsBrowserEntries } from './browser-entries.ts';
import { consoleUserOf, keyOfConsoleUser } from './console-users.ts';

/** Maximum number of sign-ins with one key that a bulk close leaves open. They end after 12 hours at the latest. */
const CONSOLE_SESSIONS_MAX = 1_000;

/**
 * Whether a session is a sign-in of a user of the application. Entries of session libraries are none, and neither are
 * sign-ins to the console: no statistic counts them, and the limit of sessions per user does not apply to them.
 */
export function isSignIn(user_id: string): boolean {
  return !ownsBrowserEntries(user_id) && keyOfConsoleUser(user_id) === null;
}

/** Whether a filter selects sign-ins to the console too. Only one that names their user or their id does. */
export function selectsConsole({ id, user_id }: SessionFilter): boolean {
  return id !== undefined || user_id !== undefined;
}

/**
 * The sign-ins to the console with API keys of some names. Lists, counts and bulk closes leave them out unless their
 * filter names the user. Otherwise the end of all sessions would sign out the operator who ends them. A sign-in with a
 * key that was removed since cannot be used; counts have it until it is deleted.
 */
export class ConsoleSignIns {
  readonly #store: Pick<SessionStore, 'count' | 'scan'>;
  readonly #keys: () => readonly string[];

  constructor(store: Pick<SessionStore, 'count' | 'scan'>, keys: () => readonly string[]) {
    this.#store = store;
    this.#keys = keys;
  }

  /** Counts the sessions that match, without sign-ins to the console. */
  async count(filter: SessionFilter, judged_at: number): Promise<number> {
    const count = await this.#store.count(filter, judged_at);
    return selectsConsole(filter) ? count : this.#without(count, filter, this.#keys().map(consoleUserOf), judged_at);
  }

  /** Counts the live sign-ins of users. */
  async countLive(judged_at: number): Promise<number> {
    const others = [...OWNERS_OF_ENTRIES, ...this.#keys().map(consoleUserOf)];
    const filter = { active: true };
    return this.#without(await this.#store.count(filter, judged_at), filter, others, judged_at);
  }

  /** Returns a request of a bulk close that leaves sign-ins to the console open. */
  async spare(request: CloseMatching): Promise<CloseMatching> {
    if (selectsConsole(request.filter)) return request;
    const users = this.#keys().map(consoleUserOf);
    const open = { active: true };
    const pages = await Promise.all(
      users.map((user_id) => this.#store.scan({ ...open, user_id }, null, CONSOLE_SESSIONS_MAX, 0)),
    );
    const ids = pages.flatMap(({ sessions }) => sessions.map(({ id }) => id));
    return { ...request, except: [...request.except, ...ids] };
  }

  /** Other requests run between the reads, each of which is short. */
  async #without(count: number, filter: SessionFilter, users: readonly string[], judged_at: number): Promise<number> {
    let left = count;
    for (const user_id of users) {
      await new Promise(setImmediate);
      left -= await this.#store.count({ ...filter, user_id }, judged_at);
    }
    // A session may have been opened between two reads.
    return Math.max(0, left);
  }
}
