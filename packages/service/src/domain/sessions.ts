import { tokenOf } from '@pip-sessions/contract/token';
import { countSignIns, ownsBrowserEntries } from './browser-entries.ts';
import type { ChangeListener } from './changes.ts';
import { endDue, endIfDue, isDue, readSettled } from './due-sessions.ts';
import { SessionsError } from './errors.ts';
import { newSessionId, repeatableSessionId } from './ids.ts';
import type { JsonText } from './json.ts';
import { assertIdempotencyKey, assertIdleTimeout, newSession, type OpenRequest } from './open-request.ts';
import { changedOrThrow, keyUsed } from './rejections.ts';
import {
  type Amendment,
  type Authentication,
  asOf,
  type CloseReason,
  isLive,
  type Session,
  type SessionUpdate,
} from './session.ts';
import { directLookup, type SessionLookup } from './session-lookup.ts';
import { SESSIONS_SETTINGS, type SessionsSettings, touchOf } from './settings.ts';
import { type Stats, statsAt } from './stats.ts';
import type {
  ClosedMatching,
  CloseMatching,
  PageRequest,
  Scan,
  ScanKey,
  SessionFilter,
  SessionFilterV1,
  SessionPage,
  SessionStore,
} from './store.ts';
import { closeExpired, type MayGoOn, type Swept, sweep } from './sweep.ts';
import { assertMayEnd, type Clock } from './time/clock.ts';
import { type Rotated, Rotation, type WithToken } from './tokens/rotation.ts';
import { hashSecret, lineageOf, newLineage, newNonce, newSecret, successor } from './tokens/secrets.ts';
import { type Validation, Validator } from './tokens/token-validator.ts';
import { judge, seenBy } from './tokens/tokens.ts';
import { Touches } from './touches.ts';

/** The result of opening a session. */
export interface Opened {
  /** The session that was opened. */
  readonly session: Session;
  /** Ids of the user's sessions that it put out. */
  readonly evicted: readonly string[];
}

/**
 * The use cases: every rule of the service is here or in `session.ts`. Each reads the clock once for what it writes. An
 * end by a deadline is in the store before a caller is told of it. All reject with `STORE_UNAVAILABLE` when the store
 * does not answer.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #settings: SessionsSettings;
  readonly #validator: Validator;
  readonly #rotation: Rotation;
  readonly #touches: Touches;
  #swept: Swept | null = null;

  /**
   * `touchFailed` hears of activity that could not be written; nobody else does. `lookup` is what tokens are validated
   * by; everything else asks the store.
   */
  constructor(
    store: SessionStore,
    clock: Clock,
    settings: Partial<SessionsSettings> = {},
    touchFailed: (error: unknown) => void = () => {},
    lookup: SessionLookup = directLookup(store),
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#settings = { ...SESSIONS_SETTINGS, ...settings };
    this.#touches = new Touches(lookup, touchFailed);
    this.#validator = new Validator(store, lookup, this.#settings, this.#touches, clock);
    this.#rotation = new Rotation(store, this.#settings, this.#validator);
  }

  /**
   * Opens a session under a new id; the caller has authenticated the user. Rejects with `INVALID_DATA` for a timeout
   * beyond its maximum, with `SESSION_LIMIT` and with `STORE_FULL`.
   */
  open(request: OpenRequest): Promise<Opened> {
    const now = this.#clock.now();
    const session = newSession(newSessionId(request.user_id), request, null, this.#settings, now);
    return this.#insert(session, now);
  }

  /**
   * Opens a session with a token. With a `key`, which must be random and known to the caller alone, it can be asked
   * for again: the same user and key get the same session and the same token, also after a restart. Rejects with
   * `INVALID_DATA` for a key that can be guessed, and with `KEY_USED` once that token is past the grace of its rotation, when handing it out again would end the session.
   */
  async openWithToken(request: OpenRequest, key: string | null): Promise<Opened & WithToken> {
    if (key !== null) assertIdempotencyKey(key);
    const now = this.#clock.now();
    const open_nonce = key === null ? null : newNonce();
    const lineage = newLineage();
    const secret = key === null || open_nonce === null ? newSecret(lineage) : successor(key, open_nonce, lineage);
    const id = key === null ? newSessionId(request.user_id) : repeatableSessionId(request.user_id, key);
    const state = { hash: hashSecret(secret), lineage, open_nonce, past: [] };
    const session = newSession(id, request, state, this.#settings, now);
    try {
      return { ...(await this.#insert(session, now)), token: tokenOf(id, secret) };
    } catch (error) {
      const isRepeated = key !== null && error instanceof SessionsError && error.code === 'ID_TAKEN';
      if (!isRepeated) throw error;
      return this.#openedBefore(id, key, error, now);
    }
  }

  /** The session, ended or not; null when there is none of that id. */
  get(id: string): Promise<Session | null> {
    return this.#store.find(id).then((session) => session && this.#settled(session));
  }

  /**
   * The session of a token, which counts as activity. A token that was rotated longer ago than its grace closes its
   * session as `compromised`: whoever holds it is not who it was given to. What this node has known for longer than
   * `age_ms_max` is asked of the store.
   */
  validate(token: string, age_ms_max?: number): Promise<Validation> {
    return this.#validator.validate(token, this.#clock.now(), age_ms_max);
  }

  /**
   * A new token for an old one, which stays good for the grace; until then whoever presents it gets the same new one.
   * With an authentication it is a renewal: the old token stays worth what it was, and gets no token of the renewed
   * session. Rejects with `TOKEN_UNKNOWN`, with `TOKEN_REPLACED` for a token of before a renewal, and with
   * `SESSION_CLOSED` also for a token that was rotated before the grace, which it closes as `validate` does.
   */
  rotate(token: string, authentication?: Partial<Authentication>): Promise<Rotated> {
    return this.#rotation.rotate(token, authentication, this.#clock.now());
  }

  /** A page of sessions, newest activity first. A page never exceeds `page_size_max`. */
  list(filter: SessionFilterV1, page: PageRequest): Promise<SessionPage> {
    const take = Math.min(page.take, this.#settings.page_size_max);
    return readSettled(this.#store, filter, this.#clock.now(), async (judged_at) => {
      const found = await this.#store.list(filter, { ...page, take }, judged_at);
      return { sessions: found.sessions.map((session) => asOf(session, judged_at)), total: found.total };
    });
  }

  /**
   * A page of sessions, newest first, and where the next one begins: whoever follows them to the end sees every
   * session that was there all along exactly once. A page never exceeds `page_size_max`.
   */
  scan(filter: SessionFilter, after: ScanKey | null, take: number): Promise<Scan> {
    return readSettled(this.#store, filter, this.#clock.now(), async (judged_at) => {
      const found = await this.#store.scan(filter, after, Math.min(take, this.#settings.page_size_max), judged_at);
      return { sessions: found.sessions.map((session) => asOf(session, judged_at)), next: found.next };
    });
  }

  /** Returns the number of sessions that match. */
  count(filter: SessionFilter): Promise<number> {
    return readSettled(this.#store, filter, this.#clock.now(), (judged_at) => this.#store.count(filter, judged_at));
  }

  /**
   * Replaces `user` or `data`, which counts as activity; with a `revision`, only at that one. Null when there is no
   * such session; rejects with `SESSION_CLOSED` and `REVISION_CONFLICT`.
   */
  replace(id: string, member: 'data' | 'user', value: JsonText | null, revision?: number): Promise<Session | null> {
    return this.#change(id, { type: 'replace', member, value, ...(revision !== undefined && { revision }) });
  }

  /** Merges into `data` (RFC 7396), else as `replace`. Rejects with `VALUE_TOO_LARGE` too. */
  patchData(id: string, patch: JsonText, bytes_max: number, revision?: number): Promise<Session | null> {
    return this.#change(id, { type: 'patch', patch, bytes_max, ...(revision !== undefined && { revision }) });
  }

  /**
   * Changes the life or the device of a session; with a `revision`, only at that one. A session that is past its new
   * deadline ends, and is answered so. Null when there is none of that id; rejects with `INVALID_DATA` for a life beyond
   * the maxima, with `SESSION_CLOSED` and `REVISION_CONFLICT`.
   */
  async amend(id: string, changes: Amendment, revision?: number): Promise<Session | null> {
    const { idle_timeout_ms_max, lifetime_ms_max } = this.#settings;
    if (changes.idle_timeout_ms !== undefined) assertIdleTimeout(changes.idle_timeout_ms, idle_timeout_ms_max);
    return this.#change(id, { type: 'amend', changes, lifetime_ms_max, ...(revision !== undefined && { revision }) });
  }

  /** Notes activity. Null when there is no such session; rejects with `SESSION_CLOSED`. */
  async touch(id: string): Promise<Session | null> {
    const now = this.#clock.now();
    const session = await this.#store.find(id);
    // A touch before this one may have counted it already: there is nothing to write then, nor to wait for.
    const isCounted = session && now <= session.active_until && isLive(session, this.#clock.now());
    return session && (isCounted ? session : this.#change(id, touchOf(session, this.#settings), now));
  }

  /** Ends a session. The first end wins: an ended session is answered as it ended. Null when there is none. */
  async close(id: string, reason: CloseReason = 'closed'): Promise<Session | null> {
    const now = this.#clock.now();
    const result = await this.#store.update(id, { type: 'close', reason }, now);
    return result.outcome === 'missing' ? null : result.session;
  }

  /** Ends all live sessions that match, up to a limit. */
  async closeMatching(request: CloseMatching): Promise<ClosedMatching> {
    await endDue(this.#store, request.filter, this.#clock.now());
    return this.#store.closeMatching(request, this.#clock.now());
  }

  /** Deletes a session without a trace and answers it as it was; null when there is none. */
  remove(id: string): Promise<Session | null> {
    return this.#store.remove(id).then((session) => session && asOf(session, this.#clock.now()));
  }

  /** Returns the number of live sessions, and the counts of the last hours. */
  stats(): Promise<Stats> {
    const now = this.#clock.now();
    const countLive = (judged_at: number) => countSignIns(this.#store, judged_at);
    return statsAt(this.#store, () => readSettled(this.#store, {}, now, countLive), this.#swept, now);
  }

  /** Closes in the store too what is past its deadline, in bounded steps. */
  async closeExpired(): Promise<void> {
    await closeExpired(this.#store, this.#clock.now());
  }

  /** As `closeExpired`, and deletes what ended longer ago than the retention; asks `mayGoOn` between two steps. */
  async sweep(mayGoOn?: MayGoOn): Promise<Swept> {
    assertMayEnd(this.#clock);
    this.#swept = await sweep(this.#store, this.#settings.retention_ms, this.#clock.now(), mayGoOn);
    return this.#swept;
  }

  /** Takes or renews the store's lease (`SessionStore.lease`), or gives it back for 0: whether the holder has it. */
  lead(holder: string, lease_ms: number): Promise<boolean> {
    return this.#store.lease(holder, lease_ms, this.#clock.now());
  }

  /** Resolves when the store can answer. */
  ping(): Promise<void> {
    return this.#store.ping();
  }

  /** Tells of every change to a session from now on; answers how to stop. */
  watch(listener: ChangeListener): () => void {
    return this.#store.watch(listener);
  }

  /** Up to when every change has been told: a moment of `elapsedTime`. */
  watermark(): number {
    return this.#store.watermark();
  }

  /** Resolves when the activity that was noticed is written. */
  settled(): Promise<void> {
    return this.#touches.settled();
  }

  async #insert(session: Session, now: number): Promise<Opened> {
    const limit = ownsBrowserEntries(session.user_id) ? null : this.#settings.limit;
    const evicted = await this.#store.insert(session, limit, now);
    return { session, evicted: evicted.map(({ id }) => id) };
  }

  /** The answer to an opening that is asked for again. */
  async #openedBefore(id: string, key: string, error: SessionsError, now: number): Promise<Opened & WithToken> {
    const found = await this.#store.find(id);
    if (!found?.token?.open_nonce) throw error;
    const secret = successor(key, found.token.open_nonce, lineageOf(found));
    const session = await this.#settled(found);
    if (!session) throw error;
    const presented = judge(session, secret, now);
    const isGood = presented.is === 'current' || presented.is === 'recent';
    if (!isGood && session.close_time === null) throw keyUsed();
    return { session: seenBy(session, presented), evicted: [], token: tokenOf(id, secret) };
  }

  async #change(id: string, update: SessionUpdate, now = this.#clock.now()): Promise<Session | null> {
    const result = await this.#store.update(id, update, now);
    return result.outcome === 'missing' ? null : changedOrThrow(result, update);
  }

  /** What was read from the store, as a caller may be told of it: ended in the store if it is past its deadline. */
  #settled(session: Session): Session | Promise<Session | null> {
    const now = this.#clock.now();
    return isDue(session, now) ? endIfDue(this.#store, session.id, now) : session;
  }
}
