import type { Session } from '@pip-sessions/contract/v2';
import { isObject } from '../../transport/json-object.ts';
import { codeOf } from '../../v2/error-code.ts';
import { type Entry, entryOf, type Held, type SignIn } from '../entry.ts';
import type { IdleTimeouts } from '../idle-timeouts.ts';
import type { LibraryJson } from '../library-json.ts';
import { isSame, mergeMembers } from '../merge-members.ts';
import type { EntryNames } from '../names.ts';
import type { LibraryStoreOptions } from '../options.ts';
import { isUnclear, SessionStoreError } from '../store-error.ts';
import type { OpenedSignIn, SignIns } from '../users/sign-ins.ts';
import type { Found, SessionFinder } from './session-finder.ts';

/** The maximum number of writes. After a conflict, another request has changed the session. */
const WRITES_MAX = 20;
/** The maximum number of open requests. A further one is needed if the session has ended meanwhile. */
const OPENS_MAX = 5;

/** Errors of a write if another request was faster: the next read shows the result. */
const OVERTAKEN: ReadonlySet<string> = new Set(['REVISION_CONFLICT', 'SESSION_CLOSED', 'SESSION_NOT_FOUND']);

/** The parts that the writer uses. */
interface Parts {
  readonly client: LibraryStoreOptions['client'];
  readonly marker: string;
  readonly userIdOf: (data: LibraryJson) => string | null;
  readonly idleTimeouts: IdleTimeouts;
  readonly signIns: SignIns;
  readonly finder: SessionFinder;
}

/** Stores sessions of libraries, and signs their users in and out. */
export class SessionWriter {
  readonly #client: Parts['client'];
  readonly #marker: string;
  readonly #userIdOf: Parts['userIdOf'];
  readonly #idleTimeouts: IdleTimeouts;
  readonly #signIns: SignIns;
  readonly #finder: SessionFinder;

  constructor({ client, marker, userIdOf, idleTimeouts, signIns, finder }: Parts) {
    this.#client = client;
    this.#marker = marker;
    this.#userIdOf = userIdOf;
    this.#idleTimeouts = idleTimeouts;
    this.#signIns = signIns;
    this.#finder = finder;
  }

  /** Stores a session, and replaces any existing one. `request` is the framework's request. */
  async create(sid: string, data: LibraryJson, request: unknown): Promise<Held | null> {
    let found: Found | null = this.#finder.places.get(sid) ? await this.#finder.find(sid, false) : null;
    for (let open = 0; open < OPENS_MAX; open += 1) {
      const names = this.#finder.names(sid, found?.generation ?? 0);
      const stored = found?.held
        ? await this.update(data, null, found.held, request)
        : await this.#open(names, data, request);
      if (stored) return stored;
      found = await this.#finder.find(sid, false);
    }
    throw new SessionStoreError(
      'REVISION_CONFLICT',
      `Other requests ended the session ${OPENS_MAX} times meanwhile. Try again.`,
    );
  }

  /** Opens an entry. Returns null if there is or was one before. */
  async #open(names: EntryNames, data: LibraryJson, request: unknown): Promise<Held | null> {
    const user_id = this.#userIdOf(data);
    // The sign-in opens first: an entry must not show a user who has no session that can be revoked.
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
    return { sid: names.sid, generation: names.generation, revision, data, seen: data, sign_in };
  }

  async #openEntry(names: EntryNames, content: Entry, data: LibraryJson, sign_in: SignIn | null): Promise<Session> {
    const request = { user_id: names.user_id, client: this.#marker, data: content };
    const opening = this.#idleTimeouts.open(request, data, names.key);
    const { session } = await opening.catch((error) => this.#undo(sign_in, error));
    if (session.id === names.id) return session;
    const error = new SessionStoreError(
      'INVALID_RESPONSE',
      'The service creates session ids in another way than this store: update the client or the service.',
    );
    return this.#undo(sign_in, error);
  }

  /**
   * Updates a session. Returns null if it has ended. `base` is the version that the caller has read; null replaces the
   * stored one.
   */
  async update(data: LibraryJson, base: LibraryJson | null, held: Held, request: unknown): Promise<Held | null> {
    const names = this.#finder.names(held.sid, held.generation);
    let current = held;
    for (let write = 0; write < WRITES_MAX; write += 1) {
      const wanted = base === null ? data : (mergeMembers(base, data, current.data) as LibraryJson);
      try {
        return await this.#put(names, wanted, current, request);
      } catch (error) {
        if (!OVERTAKEN.has(codeOf(error) ?? '')) throw error;
      }
      const found = await this.#finder.at(names, false);
      if (typeof found === 'string') return null;
      current = found;
    }
    throw new SessionStoreError(
      'REVISION_CONFLICT',
      `Other requests changed the session ${WRITES_MAX} times meanwhile. Try again.`,
    );
  }

  /** Writes only if the session has the known revision. */
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

  /** Assigns a session to a user, or to no user, instead of its former one. */
  async #assign(
    names: EntryNames,
    user_id: string | null,
    data: LibraryJson,
    current: Held,
    request: unknown,
  ): Promise<Held | null> {
    const revision = current.sign_in ? await this.#revisionOf(names, current, current.sign_in) : current.revision;
    const opened = user_id === null ? null : await this.#signIns.open(names, user_id, data, revision, request);
    const sign_in = opened?.sign_in ?? null;
    const content = contentOf(names.sid, data, sign_in);
    const writing = this.#client.replaceData(names.id, content, { if_match: revision });
    const entry = await writing.catch(async (error) => {
      if (codeOf(error) !== 'REVISION_CONFLICT') return this.#undo(sign_in, error);
      // Another request may have opened the same sign-in at the same moment: then it stays open.
      const session = await this.#client.get(names.id);
      await this.#signIns.closeUnless(sign_in, session?.active ? entryOf(session)?.sign_in : null);
      throw error;
    });
    this.#note(names, opened);
    const late = current.sign_in && (await this.#signIns.retire(current.sign_in, current.revision));
    if (this.#idleTimeouts.differ(current.data, data)) await this.#idleTimeouts.update(names.id, data);
    // A parallel request may have opened the same sign-in with its own data.
    const stored = opened && isObject(opened.session.data) ? opened.session.data : data;
    const own = isSame(stored, data) ? data : mergeMembers(current.data, data, stored);
    const wanted = (late ? mergeMembers(current.data, late, own) : own) as LibraryJson;
    const held = { ...current, revision: (opened?.session ?? entry).revision, data: stored, sign_in };
    return isSame(wanted, stored) ? held : this.update(wanted, stored, held, request);
  }

  /** Returns the revision of the entry, if neither the entry nor the sign-in has changed. */
  async #revisionOf(names: EntryNames, { revision }: Held, sign_in: SignIn): Promise<number> {
    const [entry, session] = await Promise.all([this.#client.get(names.id), this.#client.get(sign_in.session_id)]);
    const isKnown = entry?.active && session?.active && session.revision === revision;
    if (!isKnown || entryOf(entry)?.sign_in?.session_id !== sign_in.session_id) throw overtaken();
    return entry.revision;
  }

  /** Closes the session of a failed sign-in, unless the outcome is unknown. */
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
