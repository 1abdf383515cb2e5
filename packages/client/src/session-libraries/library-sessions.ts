import type { Session } from '../contract/v2.ts';
import { codeOf } from '../error-code.ts';
import { CallOrder } from './call-order.ts';
import { type Entry, entryOf, type Held, type SignIn } from './entry.ts';
import { IdleTimeouts } from './idle-timeouts.ts';
import { type LibraryJson, remainingMs } from './library-json.ts';
import { isSame, mergeMembers } from './merge-members.ts';
import type { EntryNames } from './names.ts';
import type { LibraryStoreOptions } from './options.ts';
import { SessionEndings } from './session-endings.ts';
import { SessionFinder } from './session-finder.ts';
import { SessionList } from './session-list.ts';
import { type OpenedSignIn, SignIns } from './sign-ins.ts';
import { isUnclear, SessionStoreError } from './store-error.ts';
import { defaultUserId, toUserId } from './user-ids.ts';

/** Each conflict means that another request of the same session has got through. */
const WRITES_MAX = 20;
/** Each further one means that the session has ended meanwhile. */
const OPENS_MAX = 5;

/** What a write meets where another request was faster: the next look says what has come of the session. */
const OVERTAKEN: ReadonlySet<string> = new Set(['REVISION_CONFLICT', 'SESSION_CLOSED', 'SESSION_NOT_FOUND']);

/**
 * Sessions of libraries that name them by an id of their own (`sid`), in API v2. An entry, whose id follows from the
 * `sid`, holds the library's JSON of a visitor. Of a user, it names the session that is that user's, the sign-in, which
 * holds the JSON instead. The two live and end together: who is revoked is signed out here, and who signs out here is
 * gone from the user's devices.
 */
export class LibrarySessions {
  readonly #client: LibraryStoreOptions['client'];
  readonly #userIdOf: (data: LibraryJson) => string | null;
  readonly #marker: string;
  readonly #idleTimeouts: IdleTimeouts;
  readonly #signIns: SignIns;
  readonly #finder: SessionFinder;
  readonly #endings: SessionEndings;
  readonly #order = new CallOrder();
  readonly list: SessionList;
  /** Whether reading and touching count as activity. */
  readonly touches: boolean;

  constructor(options: LibraryStoreOptions, marker: string) {
    const { client, user_id = defaultUserId } = options;
    if (typeof client?.open !== 'function') {
      throw new TypeError('client is missing: use one of createSessionsClient.');
    }
    this.#client = client;
    this.#userIdOf = (data) => toUserId(user_id(data));
    this.#marker = options.marker ?? marker;
    this.touches = options.disableTouch !== true;
    this.#idleTimeouts = new IdleTimeouts(client);
    this.#signIns = new SignIns(options, this.#idleTimeouts);
    this.#finder = new SessionFinder(client, this.#marker, this.#signIns, this.#userIdOf);
    this.#endings = new SessionEndings(client, this.#finder, this.#signIns);
    this.list = new SessionList(client, this.#marker, this.#finder, this.#endings);
  }

  /** Null for a session that is not there or has ended. Counts as activity, unless `disableTouch` is set. */
  async read(sid: string, isActivity = this.touches): Promise<Held | null> {
    await this.#order.settled(sid);
    return this.#finder.read(sid, isActivity);
  }

  /**
   * Stores a session, and answers it as it is then; null when it has ended meanwhile: that is not undone. With what the
   * caller holds of it, what others have changed since stays, member by member. Without, the session becomes what is
   * written, also one that has ended before. `heldNow` is called when the writes before have ended. `request` is that of
   * the framework.
   */
  write(sid: string, data: LibraryJson, heldNow: () => Held | null, request?: unknown): Promise<Held | null> {
    const life_ms = remainingMs(data);
    return this.#order.write(sid, async () => {
      const held = heldNow();
      if (held !== null && held.sid === sid) {
        const ended = life_ms !== null && life_ms <= 0 ? this.#endings.end(this.#namesOf(held).id) : null;
        return ended === null ? this.#update(data, held.data, held, request) : ended.then(() => null);
      }
      if (life_ms === null || life_ms > 0) return this.#create(sid, data, request);
      await this.#endings.destroy(sid);
      return null;
    });
  }

  /** Counts as activity. */
  async touch(sid: string): Promise<void> {
    await this.read(sid, true);
  }

  destroy(sid: string): Promise<void> {
    return this.#order.write(sid, () => this.#endings.destroy(sid));
  }

  #namesOf({ sid, generation }: Held): EntryNames {
    return this.#finder.names(sid, generation);
  }

  async #create(sid: string, data: LibraryJson, request: unknown): Promise<Held | null> {
    let generation = this.#finder.places.get(sid)?.generation ?? 0;
    for (let open = 0; open < OPENS_MAX; open += 1) {
      const names = this.#finder.names(sid, generation);
      const opened = await this.#open(names, data, request);
      if (opened !== null) return opened;
      const found = await this.#finder.find(sid, false);
      const stored = found.held && (await this.#update(data, null, found.held, request));
      if (stored) return stored;
      generation = found.generation;
    }
    throw new SessionStoreError('REVISION_CONFLICT', `Others ended the session ${OPENS_MAX} times meanwhile.`);
  }

  /** Null where there is or was one before. */
  async #open(names: EntryNames, data: LibraryJson, request: unknown): Promise<Held | null> {
    const user_id = this.#userIdOf(data);
    // First, so that there is no session of a user whom nobody could sign out.
    const signedIn = user_id === null ? null : await this.#signIns.open(names, user_id, data, 0, request);
    const sign_in = signedIn?.sign_in ?? null;
    const content = contentOf(names.sid, data, sign_in);
    const entry = await this.#openEntry(names, content, data, sign_in);
    const { session, sign_in: kept } = (entry.active && entryOf(entry)) || {};
    await this.#signIns.closeUnless(sign_in, kept);
    const stored = signedIn ? signedIn.session.data : session;
    if (!isSame(sign_in, kept ?? null) || !isSame(stored, data)) return null;
    const { revision } = signedIn?.session ?? entry;
    this.#note(names, signedIn);
    return { sid: names.sid, generation: names.generation, revision, data, sign_in };
  }

  async #openEntry(names: EntryNames, content: Entry, data: LibraryJson, sign_in: SignIn | null): Promise<Session> {
    const request = { user_id: names.user_id, client: this.#marker, data: content };
    const opening = this.#idleTimeouts.open(request, data, names.key);
    const { session } = await opening.catch((error) => this.#undo(sign_in, error));
    if (session.id === names.id) return session;
    const error = new SessionStoreError('INVALID_ANSWER', 'The service makes ids that this store cannot find again.');
    return this.#undo(sign_in, error);
  }

  /** `base` is what the caller has read, null to replace whatever there is. */
  async #update(data: LibraryJson, base: LibraryJson | null, held: Held, request: unknown): Promise<Held | null> {
    const names = this.#namesOf(held);
    let wanted = data;
    let current = held;
    for (let write = 0; write < WRITES_MAX; write += 1) {
      try {
        return await this.#put(names, wanted, current, request);
      } catch (error) {
        if (!OVERTAKEN.has(codeOf(error) ?? '')) throw error;
      }
      const found = await this.#finder.at(names, false);
      if (typeof found === 'string') return null;
      current = found;
      wanted = base === null ? data : (mergeMembers(base, data, found.data) as LibraryJson);
    }
    throw new SessionStoreError('REVISION_CONFLICT', `Others changed the session ${WRITES_MAX} times meanwhile.`);
  }

  /** Only at the revision that is known. */
  async #put(names: EntryNames, data: LibraryJson, current: Held, request: unknown): Promise<Held | null> {
    const { sign_in } = current;
    const user_id = this.#userIdOf(data);
    if (user_id !== (sign_in?.user_id ?? null)) return this.#assign(names, user_id, data, current, request);
    const id = sign_in?.session_id ?? names.id;
    const content = sign_in ? data : contentOf(names.sid, data, null);
    let session = await this.#client.replaceData(id, content, { if_match: current.revision });
    const isOfOtherLife = this.#idleTimeouts.differ(current.data, data);
    const held = { ...current, data };
    if (sign_in) await (isOfOtherLife ? this.#client.touch(names.id) : this.#finder.keep(held, session));
    if (isOfOtherLife) {
      session = await this.#idleTimeouts.update(id, data);
      if (sign_in) await this.#idleTimeouts.update(names.id, data);
    }
    return session.active ? { ...held, revision: session.revision } : null;
  }

  /** Makes a session that user's, or nobody's, in place of whose it was. */
  async #assign(names: EntryNames, user_id: string | null, data: LibraryJson, current: Held, request: unknown) {
    const revision = current.sign_in ? await this.#revisionOf(names, current, current.sign_in) : current.revision;
    const opened = user_id === null ? null : await this.#signIns.open(names, user_id, data, revision, request);
    const sign_in = opened?.sign_in ?? null;
    const content = contentOf(names.sid, data, sign_in);
    const writing = this.#client.replaceData(names.id, content, { if_match: revision });
    const entry = await writing.catch(async (error) => {
      if (codeOf(error) !== 'REVISION_CONFLICT') return this.#undo(sign_in, error);
      // Unless another request has done the same at the same moment.
      const session = await this.#client.get(names.id);
      await this.#signIns.closeUnless(sign_in, session?.active ? entryOf(session)?.sign_in : null);
      throw error;
    });
    await this.#signIns.closeUnless(current.sign_in, sign_in);
    this.#note(names, opened);
    if (this.#idleTimeouts.differ(current.data, data)) await this.#idleTimeouts.update(names.id, data);
    // A parallel request has opened the same sign-in with what it had.
    if (opened && !isSame(opened.session.data, data)) throw overtaken();
    return { ...current, revision: (opened?.session ?? entry).revision, data, sign_in };
  }

  /** That of the entry, if it and the sign-in are still as they are known. */
  async #revisionOf(names: EntryNames, { revision }: Held, sign_in: SignIn): Promise<number> {
    const [entry, session] = await Promise.all([this.#client.get(names.id), this.#client.get(sign_in.session_id)]);
    const isKnown = entry?.active && session?.active && session.revision === revision;
    if (!isKnown || entryOf(entry)?.sign_in?.session_id !== sign_in.session_id) throw overtaken();
    return entry.revision;
  }

  /** A sign-in that came to nothing leaves no session of the user, unless it is not known what came of it. */
  async #undo(sign_in: SignIn | null, error: unknown): Promise<never> {
    if (!isUnclear(error)) await this.#signIns.closeUnless(sign_in, null).catch(() => {});
    throw error;
  }

  #note({ sid, generation }: EntryNames, opened: OpenedSignIn | null): void {
    const { sign_in = null, token = null, session = null } = opened ?? {};
    this.#finder.places.note(sid, { generation, sign_in, token }, session);
  }
}

function contentOf(sid: string, session: LibraryJson, sign_in: SignIn | null): Entry {
  return sign_in ? { sid, sign_in } : { sid, session };
}

function overtaken(): SessionStoreError {
  return new SessionStoreError('REVISION_CONFLICT', 'Another request has changed the session.');
}
