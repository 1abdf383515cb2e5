import { FIRST_TURN } from '@pip-sessions/contract/browser-entries';
import { entryOf, type Held } from './entry.ts';
import type { IdleTimeouts } from './idle-timeouts.ts';
import type { LibraryJson } from './library-json.ts';
import type { EntryNames } from './names.ts';
import type { OldSessions } from './old-store.ts';
import type { SessionEndings } from './sessions/session-endings.ts';
import type { SessionFinder } from './sessions/session-finder.ts';
import type { SignIns } from './users/sign-ins.ts';

/** The parts that the take-over uses. */
interface Parts {
  readonly marker: string;
  readonly userIdOf: (data: LibraryJson) => string | null;
  readonly idleTimeouts: IdleTimeouts;
  readonly signIns: SignIns;
  readonly finder: SessionFinder;
  readonly endings: SessionEndings;
  readonly old: OldSessions;
}

/**
 * Moves sessions from the old store into the service, each when it is first used. The entry of a `sid` is opened once:
 * it is the take-over, and when it has ended, it is the proof of the end. So no copy in the old store brings a session
 * back.
 */
export class TakeOver {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Returns a session of the service, which is taken over if the old store has it; null for none, or an ended one. */
  async read(sid: string, isActivity: boolean): Promise<Held | null> {
    const { finder, old } = this.#parts;
    const { held, generation } = await finder.find(sid, isActivity);
    if (held) return held;
    if (generation > 0) {
      await old.remove(sid);
      return null;
    }
    const data = await old.get(sid);
    if (data) {
      await this.#adopt(finder.names(sid, 0), data);
      if (!old.leaves) await old.remove(sid);
    }
    // Another process may have taken the session over first, and deleted the copy.
    return (await finder.find(sid, isActivity)).held;
  }

  /**
   * Ends a session in both stores. A copy that is not taken over yet gets an ended entry, because a parallel request
   * may have read it.
   */
  async destroy(sid: string): Promise<void> {
    const { endings, finder, old, marker } = this.#parts;
    // First: a parallel request opens the entry before it deletes the copy, so one of the two is found.
    const mayHaveCopy = await old.get(sid).then(
      (data) => data !== null,
      () => true,
    );
    const hadEntry = await endings.destroy(sid);
    if (!hadEntry && mayHaveCopy) await endings.prevent(finder.names(sid, 0), marker);
    await old.remove(sid);
  }

  async #adopt(names: EntryNames, data: LibraryJson): Promise<void> {
    const { marker, userIdOf, idleTimeouts, signIns, endings } = this.#parts;
    const user_id = userIdOf(data);
    const request = { user_id: names.user_id, client: marker };
    if (user_id === null) {
      await idleTimeouts.open({ ...request, data: { sid: names.sid, session: data } }, data, names.key);
      return;
    }
    const { sign_in, session: signedIn } = await signIns.openTurn(names, user_id, data, FIRST_TURN, undefined);
    if (!signedIn.active) {
      // It was revoked before its entry was opened.
      await endings.prevent(names, marker);
      return;
    }
    const content = { sid: names.sid, sign_in };
    // If it fails, the sign-in stays open: the next request repeats both open requests.
    const { session } = await idleTimeouts.open({ ...request, data: content }, data, names.key);
    await signIns.closeUnless(sign_in, session.active ? entryOf(session)?.sign_in : null);
  }
}
