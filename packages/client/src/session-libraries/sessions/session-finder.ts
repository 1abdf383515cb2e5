import type { Session } from '@pip-sessions/contract/v2';
import { isObject } from '../../transport/json-object.ts';
import { codeOf } from '../../v2/error-code.ts';
import { entryOf, type Held, type SignIn } from '../entry.ts';
import { hasExpired, type LibraryJson } from '../library-json.ts';
import { type EntryNames, namesOf } from '../names.ts';
import type { LibraryStoreOptions } from '../options.ts';
import { Places } from '../places.ts';
import { nullIfEnded, SessionStoreError } from '../store-error.ts';
import type { SignIns } from '../users/sign-ins.ts';

/** The maximum number of reads. A further read is needed if another request signed a user in or out meanwhile. */
const READS_MAX = 5;
/** The maximum number of sessions of one `sid` that the service still stores. */
const GENERATIONS_MAX = 1000;
/** The maximum number of places, about 20 MB. */
const PLACES_MAX = 50_000;

export interface Found {
  readonly held: Held | null;
  /** The generation for a new session of the `sid`, if there is no live one. */
  readonly generation: number;
}

/** Finds the session of a `sid`: at its last place, else through the entry. */
export class SessionFinder {
  readonly #client: LibraryStoreOptions['client'];
  readonly #marker: string;
  readonly #signIns: SignIns;
  readonly #userIdOf: (data: LibraryJson) => string | null;
  readonly places = new Places(PLACES_MAX);

  constructor(
    client: LibraryStoreOptions['client'],
    marker: string,
    signIns: SignIns,
    userIdOf: (data: LibraryJson) => string | null,
  ) {
    this.#client = client;
    this.#marker = marker;
    this.#signIns = signIns;
    this.#userIdOf = userIdOf;
  }

  names(sid: string, generation: number): EntryNames {
    return namesOf(this.#marker, sid, generation);
  }

  /** Returns a session; null if it does not exist or has ended. Counts as activity if `isActivity`. */
  async read(sid: string, isActivity: boolean): Promise<Held | null> {
    const place = this.places.get(sid);
    if (!place?.sign_in) return (await this.find(sid, isActivity)).held;
    const { generation, sign_in, token } = place;
    const session = await this.#signIns.load(sign_in, token, isActivity);
    const held = session && this.#heldOf({ sid, generation }, session, sign_in);
    // It has ended, or another session has replaced it.
    if (!held) return (await this.find(sid, isActivity)).held;
    if (!isActivity || (await this.keep(held, session))) return held;
    await this.#signIns.closeUnless(sign_in, null);
    return null;
  }

  /** Records activity of the entry too, if that is due. Returns whether the entry is live. */
  async keep({ sid, generation }: Held, session: Session): Promise<boolean> {
    const place = this.places.get(sid);
    if (!this.places.isTouchDue(sid, session)) return true;
    const entry = await this.#load(this.names(sid, generation).id, true);
    if (place) this.places.note(sid, place, session);
    return typeof entry !== 'string';
  }

  /** Finds a session through the entries, without its last place. */
  async find(sid: string, isActivity: boolean): Promise<Found> {
    let free = this.places.get(sid)?.generation ?? 0;
    for (let generation = free; generation < GENERATIONS_MAX; generation += 1) {
      const found = await this.at(this.names(sid, generation), isActivity);
      if (typeof found !== 'string') return { held: found, generation };
      if (found === 'ended') free = generation + 1;
      // The service deletes entries long after their end, the first generation before the others.
      if (found === 'missing' && generation > 0) {
        this.places.forget(sid);
        return { held: null, generation: free };
      }
    }
    throw new SessionStoreError(
      'SESSION_LIMIT',
      `The session id was used for ${GENERATIONS_MAX} sessions. Use a new id.`,
    );
  }

  async at(names: EntryNames, isActivity: boolean): Promise<Held | 'ended' | 'missing'> {
    let entry = await this.#load(names.id, isActivity);
    for (let read = 0; read < READS_MAX; read += 1) {
      if (typeof entry === 'string') return entry;
      const held = await this.#heldBy(names, entry, isActivity);
      if (held) return held;
      // Another request may have signed in another user meanwhile. It names the new sign-in before it ends the old one.
      const again = await this.#load(names.id, false);
      if (typeof again !== 'string' && again.revision === entry.revision) {
        await this.#client.close(names.id, { reason: 'revoked' }).catch(nullIfEnded);
        return 'ended';
      }
      entry = again;
    }
    throw new SessionStoreError(
      'REVISION_CONFLICT',
      `Other requests changed the user of the session ${READS_MAX} times meanwhile. Try again.`,
    );
  }

  /** Returns the session of a listed entry; null if it has ended. Remembers no place. */
  async listed(entry: Session): Promise<Pick<Held, 'sid' | 'data'> | null> {
    const { sid, session, sign_in } = entryOf(entry) ?? {};
    if (sid === undefined) return null;
    if (!sign_in) return session && !hasExpired(session) ? { sid, data: session } : null;
    const signedIn = await this.#signIns.load(sign_in, null, false);
    return signedIn && this.#heldOf({ sid, generation: 0 }, signedIn, sign_in);
  }

  async #load(id: string, isActivity: boolean): Promise<Session | 'ended' | 'missing'> {
    try {
      const session = await (isActivity ? this.#client.touch(id) : this.#client.get(id));
      return session === null ? 'missing' : session.active ? session : 'ended';
    } catch (error) {
      if (codeOf(error) === 'SESSION_CLOSED') return 'ended';
      if (codeOf(error) === 'SESSION_NOT_FOUND') return 'missing';
      throw error;
    }
  }

  async #heldBy(names: EntryNames, entry: Session, isActivity: boolean): Promise<Held | null> {
    const { sid, generation } = names;
    const { session, sign_in } = entryOf(entry) ?? {};
    if (!sign_in) {
      if (!session || hasExpired(session) || this.#userIdOf(session) !== null) return null;
      this.places.note(sid, { generation, sign_in: null, token: null }, null);
      return { sid, generation, revision: entry.revision, data: session, seen: session, sign_in: null };
    }
    const signedIn = await this.#signIns.load(sign_in, null, isActivity);
    const held = signedIn && this.#heldOf(names, signedIn, sign_in);
    if (!held) return null;
    const noted = this.places.get(sid);
    const isNoted = noted?.sign_in?.session_id === sign_in.session_id;
    const token = isNoted ? noted.token : await this.#signIns.tokenToRead(names, sign_in, signedIn);
    this.places.note(sid, { generation, sign_in, token }, isActivity ? signedIn : null);
    return held;
  }

  #heldOf({ sid, generation }: Pick<Held, 'sid' | 'generation'>, session: Session, sign_in: SignIn): Held | null {
    const { revision, data } = session;
    if (!isObject(data) || hasExpired(data)) return null;
    const user_id = this.#userIdOf(data);
    const isTheirs = user_id === null || user_id === sign_in.user_id;
    return isTheirs ? { sid, generation, revision, data, seen: data, sign_in } : null;
  }
}
