import type { Session } from '../contract/v2.ts';
import { codeOf } from '../error-code.ts';
import { isSame, mergeMembers } from './merge-members.ts';
import { namesOf, type RecordNames } from './names.ts';
import { type LibraryStoreOptions, userIdOf } from './options.ts';
import { SignIns } from './sign-ins.ts';
import { nullIfEnded, SessionStoreError } from './store-error.ts';
import { idleTimeoutOf, type LibraryJson, type Stored, storedOf } from './stored.ts';

/** Each conflict means that another request of the same session has got through. */
const WRITES_MAX = 20;
/** Each further one means that another request has signed somebody in or out meanwhile. */
const READS_MAX = 5;
/** What `all` answers at most, since it holds all of it at once. */
const ALL_MAX = 10_000;
const PARALLEL_MAX = 16;

/**
 * Sessions of libraries that name them by an id of their own (`sid`), in API v2: a session of the service holds the
 * library's JSON as `data`, and in `user` whose it is: another session, the sign-in, that is that user's. The two live
 * and end together: who is revoked is signed out here, and who signs out here is gone from the user's devices.
 */
export class LibrarySessions {
  readonly #client: LibraryStoreOptions['client'];
  readonly #userIdOf: (session: LibraryJson) => string | null;
  readonly #marker: string;
  readonly #signIns: SignIns;

  constructor(options: LibraryStoreOptions, marker: string) {
    if (typeof options.client?.open !== 'function') {
      throw new TypeError('client is missing: use one of createSessionsClient.');
    }
    this.#client = options.client;
    this.#userIdOf = options.user_id ?? userIdOf;
    this.#marker = options.marker ?? marker;
    this.#signIns = new SignIns(options.client, options.device ?? (() => ({})));
  }

  /** Null for a session that is not there or has ended. Counts as activity when `isActivity`. */
  async read(sid: string, isActivity: boolean): Promise<Stored | null> {
    const { id } = namesOf(this.#marker, sid);
    const load = (each: string) => (isActivity ? this.#client.touch(each) : this.#client.get(each));
    const session = await load(id).catch(nullIfEnded);
    return session && this.#living(session, load);
  }

  /**
   * Stores a session, and answers it as it is then; null when it has ended meanwhile: that is not undone. `held` is what
   * the caller has read; null for a new session. What others have changed since stays, member by member.
   */
  write(sid: string, data: LibraryJson, held: Stored | null): Promise<Stored | null> {
    const names = namesOf(this.#marker, sid);
    return held === null ? this.#create(names, data) : this.#update(names, data, held);
  }

  async touch(sid: string, held: Stored | null): Promise<void> {
    const { id } = namesOf(this.#marker, sid);
    const { sign_in } = held ?? (await this.read(sid, false)) ?? { sign_in: null };
    await Promise.all([this.#client.touch(id).catch(nullIfEnded), this.#signIns.touch(sign_in)]);
  }

  async destroy(sid: string): Promise<void> {
    await this.#end(namesOf(this.#marker, sid).id);
  }

  /** All that live, 10,000 at most. */
  async all(): Promise<readonly LibraryJson[]> {
    const found: LibraryJson[] = [];
    const get = (id: string) => this.#client.get(id);
    for await (const ids of this.#batches()) {
      const batch = await Promise.all(
        ids.map((id) => get(id).then((session) => session && this.#living(session, get))),
      );
      found.push(...batch.flatMap((stored) => (stored === null ? [] : [stored.data])));
      if (found.length > ALL_MAX) {
        throw new SessionStoreError(
          'TOO_MANY_SESSIONS',
          `There are more than ${ALL_MAX} sessions; list them by pages.`,
        );
      }
    }
    return found;
  }

  /** How many live, with those whose user was revoked and has not come back since. */
  count(): Promise<number> {
    return this.#client.count(this.#own());
  }

  async clear(): Promise<void> {
    for await (const ids of this.#batches()) await Promise.all(ids.map((id) => this.#end(id)));
  }

  async #create(names: RecordNames, data: LibraryJson): Promise<Stored | null> {
    const user_id = this.#userIdOf(data);
    // First, so that there is no session of a user whom nobody could sign out.
    const sign_in = user_id === null ? null : await this.#signIns.open(names, user_id, data, null);
    const { session } = await this.#client.open(
      { user_id: names.user_id, client: this.#marker, user: sign_in, data, ...idleTimeoutOf(data) },
      { idempotency_key: names.key },
    );
    if (session.id !== names.id) {
      throw new SessionStoreError('INVALID_ANSWER', 'The service makes ids that this store cannot find again.');
    }
    const stored = storedOf(session);
    await this.#signIns.closeUnless(sign_in, stored?.sign_in);
    if (stored === null || isSame(stored.data, data)) return stored;
    // It was there before, and nothing is known of what the caller has seen of it.
    return this.#update(names, mergeMembers({}, data, stored.data) as LibraryJson, stored);
  }

  async #update(names: RecordNames, data: LibraryJson, held: Stored): Promise<Stored | null> {
    let wanted = data;
    let known = held;
    for (let write = 0; write < WRITES_MAX; write += 1) {
      try {
        return await this.#replace(names, wanted, known);
      } catch (error) {
        if (codeOf(error) !== 'REVISION_CONFLICT') return nullIfEnded(error);
      }
      const session = await this.#client.get(names.id);
      const theirs = session && storedOf(session);
      if (theirs === null) return null;
      wanted = mergeMembers(held.data, data, theirs.data) as LibraryJson;
      known = theirs;
    }
    throw new SessionStoreError('REVISION_CONFLICT', `Others changed the session ${WRITES_MAX} times meanwhile.`);
  }

  /** Only at the revision that is known. */
  async #replace({ id, ...names }: RecordNames, data: LibraryJson, known: Stored): Promise<Stored | null> {
    const user_id = this.#userIdOf(data);
    const isNewUser = user_id !== null && user_id !== known.sign_in?.user_id;
    // A sign-in is there before the session says so, and a sign-out is said before it is gone.
    const signed = isNewUser ? await this.#signIns.assign({ id, ...names }, user_id, data, known) : known;
    const [session] = await Promise.all([
      this.#client.replaceData(id, data, { if_match: signed.revision }),
      this.#signIns.touch(signed.sign_in),
    ]);
    if (user_id !== null || signed.sign_in === null) return storedOf(session);
    return this.#signIns.release(id, signed.sign_in, session);
  }

  /** What a session holds, unless it has ended, or its user's sign-in has. */
  async #living(session: Session, load: (id: string) => Promise<Session | null>): Promise<Stored | null> {
    let stored = storedOf(session);
    for (let read = 0; read < READS_MAX; read += 1) {
      if (stored === null) return null;
      const { sign_in, data } = stored;
      const user_id = this.#userIdOf(data);
      if (sign_in === null) return user_id === null ? stored : null;
      const signedIn = await load(sign_in.session_id).catch(nullIfEnded);
      if (signedIn?.active) return user_id === null || user_id === sign_in.user_id ? stored : null;
      // Another request may have signed somebody else in meanwhile: it names the new one before it ends the old one.
      const again = await this.#client.get(session.id);
      stored = again && storedOf(again);
      if (stored?.sign_in?.session_id !== sign_in.session_id) continue;
      await this.#client.close(session.id, { reason: 'revoked' }).catch(nullIfEnded);
      return null;
    }
    throw new SessionStoreError(
      'REVISION_CONFLICT',
      `Others changed whose session it is ${READS_MAX} times meanwhile.`,
    );
  }

  async #end(id: string): Promise<void> {
    const session = await this.#client.get(id);
    const stored = session && storedOf(session);
    await this.#signIns.closeUnless(stored?.sign_in, null);
    if (session?.active) await this.#client.close(id).catch(nullIfEnded);
  }

  #own() {
    return { client: this.#marker, active: true } as const;
  }

  async *#batches(): AsyncGenerator<readonly string[], void, undefined> {
    let ids: string[] = [];
    for await (const { id } of this.#client.all(this.#own())) {
      ids.push(id);
      if (ids.length < PARALLEL_MAX) continue;
      yield ids;
      ids = [];
    }
    yield ids;
  }
}
