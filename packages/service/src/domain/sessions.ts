import { tokenOf } from '@pip-sessions/contract/token';
import type { ChangeListener } from './changes.ts';
import { SessionsError } from './errors.ts';
import { type Stats, statsAt } from './figures/stats.ts';
import { newSessionId, repeatableSessionId } from './ids.ts';
import type { JsonText } from './json.ts';
import { isLimited } from './limits.ts';
import { scanOf } from './lists/session-scan.ts';
import { assertIdempotencyKey, assertIdleTimeout, newSession, type Opened, type OpenRequest } from './open-request.ts';
import { changedOrThrow, keyOfOtherActor, keyUsed } from './rejections.ts';
import { type Authentication, asOf, type CloseReason, isLive, isSameActor, type Session } from './session.ts';
import { directLookup, type SessionLookup } from './session-lookup.ts';
import type { Amendment, SessionUpdate } from './session-update.ts';
import { SESSIONS_SETTINGS, type SessionsSettings, touchOf } from './settings.ts';
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
import { endDue, readSettled, settled } from './sweeps/due-sessions.ts';
import { closeExpired, type MayGoOn, type Swept, sweep } from './sweeps/sweep.ts';
import { assertMayEnd, type Clock } from './time/clock.ts';
import { firstToken } from './tokens/first-token.ts';
import { type Rotated, Rotation, type WithToken } from './tokens/rotation.ts';
import { lineageOf, successor } from './tokens/secrets.ts';
import { type ValidateOptions, type Validation, type ValidationCounts, Validator } from './tokens/token-validator.ts';
import { judge, seenBy } from './tokens/tokens.ts';
import { Touches } from './touches.ts';
import { ConsoleSignIns } from './users/sign-ins.ts';
import { UserData } from './users/user-data.ts';

/**
 * The use cases. Every rule of the service is here or in `session.ts`. Each use case reads the clock once for the times
 * that it writes. The end of a session by a deadline is stored before a caller sees it. Every method rejects with
 * `STORE_UNAVAILABLE` if the store fails.
 */
export class Sessions {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #settings: SessionsSettings;
  readonly #validator: Validator;
  readonly #rotation: Rotation;
  readonly #touches: Touches;
  readonly #signIns: ConsoleSignIns;
  /** Exports and erases what is stored about a user. */
  readonly users: UserData;
  /** The number of validations in this process, for the metrics. */
  readonly validations: ValidationCounts;
  #swept: Swept | null = null;

  /**
   * Calls `touchFailed` for each touch that could not be written. Validations use `lookup`, other methods the store.
   * `consoleKeys` returns the names of the API keys with which users sign in to the console.
   */
  constructor(
    store: SessionStore,
    clock: Clock,
    settings: Partial<SessionsSettings> = {},
    touchFailed: (error: unknown) => void = () => {},
    lookup: SessionLookup = directLookup(store),
    consoleKeys: () => readonly string[] = () => [],
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#settings = { ...SESSIONS_SETTINGS, ...settings };
    this.#touches = new Touches(lookup, touchFailed);
    this.#validator = new Validator(store, lookup, this.#settings, this.#touches, clock);
    this.validations = this.#validator.counts;
    this.#rotation = new Rotation(store, this.#settings, this.#validator);
    this.#signIns = new ConsoleSignIns(store, consoleKeys);
    this.users = new UserData(store, clock);
  }

  /** Opens a session for an authenticated user. Rejects with `INVALID_DATA`, `SESSION_LIMIT` and `STORE_FULL`. */
  open(request: OpenRequest): Promise<Opened> {
    const now = this.#clock.now();
    const session = newSession(newSessionId(request.user_id), request, null, this.#settings, now);
    return this.#insert(session, now);
  }

  /**
   * Opens a session with a token. With a `key`, the request is idempotent: the same user and key get the same session
   * and the same token, also after a restart. The key must be random and secret to the caller. Rejects with
   * `INVALID_DATA` for a key that can be guessed. Rejects with `KEY_USED` for a request with another actor, and after the
   * grace period of the first token's rotation: that token would close the session.
   */
  async openWithToken(request: OpenRequest, key: string | null): Promise<Opened & WithToken> {
    if (key !== null) assertIdempotencyKey(key);
    const now = this.#clock.now();
    const { secret, state } = firstToken(key);
    const id = key === null ? newSessionId(request.user_id) : repeatableSessionId(request.user_id, key);
    const session = newSession(id, request, state, this.#settings, now);
    try {
      return { ...(await this.#insert(session, now)), token: tokenOf(id, secret) };
    } catch (error) {
      const isRepeated = key !== null && error instanceof SessionsError && error.code === 'ID_TAKEN';
      if (!isRepeated) throw error;
      return this.#openedBefore(session, key, error, now);
    }
  }

  /** The time of the service's clock. */
  readonly now = (): number => this.#clock.now();

  /** Returns the session with the id, live or ended; null if there is none. */
  get(id: string): Promise<Session | null> {
    return this.#store.find(id).then((session) => session && settled(this.#store, session, this.#clock.now()));
  }

  /**
   * Validates a token and returns its session. It counts as activity unless it is passive. A rotated token that is used
   * after its grace period closes the session as `compromised`. A cached session older than `age_ms_max` is read again.
   */
  async validate(token: string, options?: ValidateOptions): Promise<Validation> {
    return this.#validator.validate(token, this.#clock.now(), options);
  }

  /** Validates several tokens as `validate` does each of them, in their order, with one read of the store. */
  async validateMany(tokens: readonly string[], options?: ValidateOptions): Promise<readonly Validation[]> {
    return this.#validator.validateMany(tokens, this.#clock.now(), options);
  }

  /** Returns the sessions with the ids as `get` does each of them, in their order, with one read of the store. */
  getMany(ids: readonly string[]): Promise<readonly (Session | null)[]> {
    return Promise.all(ids.map((id) => this.get(id)));
  }

  /**
   * Replaces a token by a new one. The old token stays valid for the grace period; every caller who presents it in that
   * time gets the same new token. With an `authentication`, the user has authenticated again: the old token keeps its
   * old authentication, and cannot be exchanged for the new token.
   *
   * Rejects with `TOKEN_UNKNOWN`, with `TOKEN_REPLACED` for a token from before a new authentication, and with
   * `SESSION_CLOSED`. A token whose grace period is over closes the session, as in `validate`.
   */
  rotate(token: string, authentication?: Partial<Authentication>): Promise<Rotated> {
    return this.#rotation.rotate(token, authentication, this.#clock.now());
  }

  /** Returns a page of sessions, latest activity first. A page has at most `page_size_max` sessions. */
  list(filter: SessionFilterV1, page: PageRequest): Promise<SessionPage> {
    const take = Math.min(page.take, this.#settings.page_size_max);
    return readSettled(this.#store, filter, this.#clock.now(), async (judged_at) => {
      const found = await this.#store.list(filter, { ...page, take }, judged_at);
      return { sessions: found.sessions.map((session) => asOf(session, judged_at)), total: found.total };
    });
  }

  /**
   * Returns a page of sessions, the last opened first, and the key of the next page. A caller that reads all pages gets
   * each session that existed the whole time exactly once. A page has at most `page_size_max` sessions.
   */
  scan(filter: SessionFilter, after: ScanKey | null, take: number): Promise<Scan> {
    const read = scanOf(this.#store, filter, after, Math.min(take, this.#settings.page_size_max));
    return readSettled(this.#store, filter, this.#clock.now(), read);
  }

  /** Returns the number of sessions that match. */
  count(filter: SessionFilter): Promise<number> {
    return readSettled(this.#store, filter, this.#clock.now(), (judged_at) => this.#signIns.count(filter, judged_at));
  }

  /**
   * Replaces `user` or `data`. It counts as activity. With a `revision`, only if the session has that revision. Returns
   * null if there is no such session. Rejects with `SESSION_CLOSED` and `REVISION_CONFLICT`.
   */
  replace(id: string, member: 'data' | 'user', value: JsonText | null, revision?: number): Promise<Session | null> {
    return this.#change(id, { type: 'replace', member, value, ...(revision !== undefined && { revision }) });
  }

  /**
   * Merges `patch` into `data` (RFC 7396). Rejects with `VALUE_TOO_LARGE` if the result is larger than `bytes_max`.
   * Otherwise like `replace`.
   */
  patchData(id: string, patch: JsonText, bytes_max: number, revision?: number): Promise<Session | null> {
    return this.#change(id, { type: 'patch', patch, bytes_max, ...(revision !== undefined && { revision }) });
  }

  /**
   * Changes the timeouts or the device of a session. With a `revision`, only if the session has that revision. A
   * session past its new deadline ends and is returned as ended. Returns null if there is no such session. Rejects with
   * `INVALID_DATA` for a timeout or deadline beyond its maximum, with `SESSION_CLOSED` and `REVISION_CONFLICT`.
   */
  async amend(id: string, changes: Amendment, revision?: number): Promise<Session | null> {
    const { idle_timeout_ms_max, lifetime_ms_max, actor_lifetime_ms_max } = this.#settings;
    if (changes.idle_timeout_ms !== undefined) assertIdleTimeout(changes.idle_timeout_ms, idle_timeout_ms_max);
    const maxima = { lifetime_ms_max, actor_lifetime_ms_max };
    return this.#change(id, { type: 'amend', changes, ...maxima, ...(revision !== undefined && { revision }) });
  }

  /** Records activity. Returns null if there is no such session. Rejects with `SESSION_CLOSED`. */
  async touch(id: string): Promise<Session | null> {
    const now = this.#clock.now();
    const session = await this.#store.find(id);
    // The activity window of an earlier touch may include `now`: then nothing needs to be written.
    const isCounted = session && now <= session.active_until && isLive(session, this.#clock.now());
    return session && (isCounted ? session : this.#change(id, touchOf(session, this.#settings), now));
  }

  /**
   * Closes a session. `by` is who closes it. The first close wins: an ended session is returned unchanged. Returns null
   * if there is none.
   */
  async close(id: string, reason: CloseReason = 'closed', by?: string): Promise<Session | null> {
    const now = this.#clock.now();
    const result = await this.#store.update(id, { type: 'close', reason, by }, now);
    return result.outcome === 'missing' ? null : result.session;
  }

  /** Closes the live sessions that match, at most `request.limit`. */
  async closeMatching(request: CloseMatching): Promise<ClosedMatching> {
    await endDue(this.#store, request.filter, this.#clock.now());
    return this.#store.closeMatching(await this.#signIns.spare(request), this.#clock.now());
  }

  /** Deletes a session completely and returns it as it was; null if there is none. */
  remove(id: string): Promise<Session | null> {
    return this.#store.remove(id).then((session) => session && asOf(session, this.#clock.now()));
  }

  /** Returns the number of live sessions, and the counts of the last hours. */
  stats(): Promise<Stats> {
    const now = this.#clock.now();
    const countLive = () => readSettled(this.#store, {}, now, (judged_at) => this.#signIns.countLive(judged_at));
    return statsAt(this.#store, countLive, this.#swept, now);
  }

  /** Closes the sessions that are past their deadline, in bounded steps. */
  async closeExpired(): Promise<void> {
    await closeExpired(this.#store, this.#clock.now());
  }

  /**
   * Like `closeExpired`; also deletes the sessions whose retention period is over. Calls `mayGoOn` between two steps
   * and stops if it returns false.
   */
  async sweep(mayGoOn?: MayGoOn): Promise<Swept> {
    assertMayEnd(this.#clock);
    this.#swept = await sweep(this.#store, this.#settings.retention_ms, this.#clock.now(), mayGoOn);
    return this.#swept;
  }

  /** Takes, renews or, with `lease_ms` 0, releases the lease of `SessionStore`. Returns whether the holder has it. */
  lead(holder: string, lease_ms: number): Promise<boolean> {
    return this.#store.lease(holder, lease_ms, this.#clock.now());
  }

  /** Resolves if the store can be read and written. */
  ping(): Promise<void> {
    return this.#store.ping();
  }

  /** Calls `listener` for every change of a session from now on. Returns a function that stops it. */
  watch(listener: ChangeListener): () => void {
    return this.#store.watch(listener);
  }

  /** Returns the watermark: all changes before this time of `elapsedTime` have been published. */
  watermark(): number {
    return this.#store.watermark();
  }

  /** Resolves when all recorded activity is written. */
  settled(): Promise<void> {
    return this.#touches.settled();
  }

  async #insert(session: Session, now: number): Promise<Opened> {
    const limit = isLimited(session) ? this.#settings.limit : null;
    const evicted = await this.#store.insert(session, limit, now);
    return { session, evicted: evicted.map(({ id }) => id) };
  }

  /** The result for a repeated open request with the same user and key. */
  async #openedBefore(asked: Session, key: string, error: SessionsError, now: number): Promise<Opened & WithToken> {
    const { id } = asked;
    const found = await this.#store.find(id);
    if (!found?.token?.open_nonce) throw error;
    if (!isSameActor(found, asked)) throw keyOfOtherActor();
    const secret = successor(key, found.token.open_nonce, lineageOf(found));
    const session = await settled(this.#store, found, this.#clock.now());
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
}
