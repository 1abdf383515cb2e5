import type { CloseOptions, OpenOptions, RequestOptions, ValidateOptions, WriteOptions } from './request-options.ts';
import type { SessionReader } from './session-reader.ts';
import type {
  CloseManyRequest,
  CloseManyResult,
  CloseOwnRequest,
  EraseResult,
  KeyList,
  ListRequest,
  MergePatch,
  OpenRequest,
  OpenResult,
  OwnRequest,
  OwnSessionPage,
  RotateRequest,
  RotateResult,
  Session,
  SessionCheckList,
  SessionFilter,
  SessionPage,
  SessionSummary,
  Stats,
  UpdateRequest,
  Validation,
  ValidationList,
} from './v2.ts';

/** The filter of `all`. `limit` is the number of sessions that it requests per page. */
export type AllRequest = Omit<ListRequest, 'cursor' | 'total'>;

/**
 * The client of API v2. Calls reject with one of these errors:
 *
 * `SessionsProblemError` or one of its subclasses, if the service responded with an error; `code` is one of
 * `PROBLEM_CODES`.
 *
 * `SessionsCallError`, if there is no usable response; `code` is `TIMEOUT`, `UNREACHABLE`, `ABORTED`, `INVALID_RESPONSE`
 * or `RESPONSE_TOO_LARGE`.
 *
 * `TypeError`, if an argument is wrong; it names the argument, and nothing was sent.
 *
 * `User` and `Data` are the application's own types of the values in a session. Nothing checks them.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 *
 * const sessions = createSessionsClient<{ role: string }, { cart: string[] }>({ url: 'http://localhost:8080' });
 * const { session, token } = await sessions.open({ user_id: '1', data: { cart: [] } });
 * await sessions.patchData(session.id, { cart: ['apple'] });
 * console.log(await sessions.read(token));
 * await sessions.close(session.id);
 */
export interface SessionsClient<User = unknown, Data = unknown> extends SessionReader<User, Data> {
  /**
   * Opens a session for a user whom the caller has authenticated. The result has the token, which the user's browser or
   * app keeps; no other call returns it. A repeated request with the same idempotency key never opens a second session.
   *
   * Rejects with a `SessionLimitError` (code `SESSION_LIMIT`) if the user has too many sessions and the service does
   * not evict. Rejects with an `InvalidDataError` for a wrong property, and with the code `KEY_USED` for a used
   * idempotency key whose first response cannot be repeated.
   */
  open(request: OpenRequest<User, Data>, options?: OpenOptions): Promise<OpenResult<User, Data>>;

  /** Returns a session, live or ended; null if no session has this id. */
  get(id: string, options?: RequestOptions): Promise<Session<User | null, Data | null> | null>;

  /** Returns one page of sessions without `user` and `data`, the newest first. */
  list(request?: ListRequest, options?: RequestOptions): Promise<SessionPage>;

  /**
   * Iterates over all sessions that match, page by page. `options` apply to the request of each page.
   *
   * @example
   * for await (const session of sessions.all({ user_id: '1', active: true })) console.log(session.client, session.open_time);
   */
  all(filter?: AllRequest, options?: RequestOptions): AsyncIterable<SessionSummary>;

  /** Returns the number of sessions that match. */
  count(filter?: SessionFilter, options?: RequestOptions): Promise<number>;

  /** Checks a token. Returns its session, or the reason for which the token is not valid. It counts as activity. */
  validate(token: string, options?: ValidateOptions): Promise<Validation<User, Data>>;

  /**
   * Checks 1 to 256 tokens with one request, for gateways and other callers that check many tokens at once. `results`
   * has one result per token, in their order: the same as `validate` would return for that token. The same token may
   * occur twice. `options` apply to all tokens.
   *
   * Rejects with an `InvalidDataError` if the sessions are larger than 4 MiB together: request fewer tokens.
   *
   * @example
   * const { results } = await sessions.validateMany([token]);
   * for (const validation of results) console.log(validation.active ? validation.session.user_id : validation.reason);
   */
  validateMany(tokens: readonly string[], options?: ValidateOptions): Promise<ValidationList<User, Data>>;

  /**
   * Returns whether 1 to 256 sessions are live, by their ids, with one request. It does not count as activity, and
   * returns neither `user` nor `data`. `results` has one result per id, in their order.
   *
   * Use it for sessions whose token may have been rotated since, such as those of open connections. A late use of an old
   * token would end its session.
   *
   * @example
   * const { results } = await sessions.check([session.id]);
   * for (const state of results) console.log(state.active ? state.expires_in : state.reason);
   */
  check(ids: readonly string[], options?: RequestOptions): Promise<SessionCheckList>;

  /**
   * Returns a new token for an old one. The old token stays valid for a short grace period; if it is presented after
   * that, the session ends with the reason `compromised`. Repeated within the grace period, the call returns the same
   * new token.
   *
   * Give `auth_*` properties after the user has authenticated again. The old token then keeps its old authentication
   * level, and rotating it without them rejects with the code `TOKEN_REPLACED`. Rejects with a `NotFoundError` (code
   * `TOKEN_UNKNOWN`) for an unknown token, and with a `SessionClosedError` for an ended session.
   *
   * @example
   * const rotated = await sessions.rotate({ token, auth_methods: ['pwd', 'otp'], auth_level: 2 });
   */
  rotate(request: RotateRequest, options?: RequestOptions): Promise<RotateResult<User, Data>>;

  /**
   * Returns one page of the sessions of the token's own user, the newest first: "your devices". `current` in the result
   * is the id of the token's session. Unlike `list`, it needs no key of the scope `admin`. It counts as activity.
   *
   * Rejects with a `NotFoundError` (code `TOKEN_UNKNOWN`) for an unknown token, with a `SessionClosedError` for an ended
   * session, and with the code `ACTOR_SESSION` for a session with an actor. A token whose grace period is over ends
   * its session, as in `validate`.
   *
   * @example
   * const { items, current } = await sessions.own({ token, active: true });
   * for (const { id, client } of items) console.log(client, id === current ? '(this device)' : '');
   */
  own(request: OwnRequest, options?: RequestOptions): Promise<OwnSessionPage>;

  /**
   * Ends live sessions of the token's own user: those in `ids`, or with `others: true` all but the token's own, at most
   * 1000 per call. Their `close_reason` is `revoked`, their `closed_by` is `user`. The result lists only sessions that
   * this call has ended. Ids of other users' sessions, of ended sessions and unknown ids are ignored. Call again while
   * `more` in the result is true.
   *
   * It counts as activity, and rejects as `own` does. Before it, let the user authenticate again (ASVS 7.5.2).
   *
   * @example
   * await sessions.closeOwn({ token, others: true }); // sign out everywhere else
   */
  closeOwn(request: CloseOwnRequest, options?: RequestOptions): Promise<CloseManyResult>;

  /**
   * Changes the lifetime of a session ("remember me" after the sign-in), or the description of its device. It does not
   * count as activity. A session that is past its new deadline ends.
   *
   * Rejects with a `SessionClosedError` for an ended session, with a `NotFoundError` for an unknown id, and with an
   * `InvalidDataError` for a wrong property. `replaceData`, `replaceUser` and `patchData` do the same.
   *
   * @example
   * await sessions.update(session.id, { idle_timeout: 30 * 86_400, expire_time: null });
   */
  update(id: string, changes: UpdateRequest, options?: WriteOptions): Promise<Session<User | null, Data | null>>;

  /**
   * Replaces `data` by any JSON value. Rejects as `update` does; for a value that is too large with the code
   * `VALUE_TOO_LARGE`.
   */
  replaceData(id: string, value: Data, options?: WriteOptions): Promise<Session<User, Data>>;

  /**
   * Replaces `user` by any JSON value. Rejects as `update` does; for a value that is too large with the code
   * `VALUE_TOO_LARGE`.
   */
  replaceUser(id: string, value: User, options?: WriteOptions): Promise<Session<User, Data>>;

  /**
   * Changes the properties of `data` that are in `patch`, and removes those that are null in it (RFC 7396). Other
   * callers may change other properties at the same time. Rejects as `replaceData` does.
   */
  patchData(id: string, patch: MergePatch<Data>, options?: WriteOptions): Promise<Session<User, Data>>;

  /**
   * Records activity, which moves the end of the session to `idle_timeout` from now. Rejects with a
   * `SessionClosedError` for an ended session, and with a `NotFoundError` for an unknown id.
   */
  touch(id: string, options?: RequestOptions): Promise<Session<User, Data>>;

  /**
   * Ends a session and returns it. Closing an ended session changes nothing and returns it as it ended. Rejects with a
   * `NotFoundError` for an unknown id.
   */
  close(id: string, options?: CloseOptions): Promise<Session<User | null, Data | null>>;

  /**
   * Deletes a session, live or ended, and returns it as it was. Use `close` to end a session and keep its record.
   * Rejects with a `NotFoundError` for an unknown id.
   */
  remove(id: string, options?: RequestOptions): Promise<Session<User | null, Data | null>>;

  /**
   * Ends the live sessions that match, at most `limit` of them per call. Call again while `more` in the result is true.
   *
   * @example
   * await sessions.closeMany({ filter: { user_id: '1' }, except: [session.id] }); // sign out everywhere else
   */
  closeMany(request: CloseManyRequest, options?: RequestOptions): Promise<CloseManyResult>;

  /**
   * Iterates over everything that is stored about a user: all sessions, live and ended, the newest first. The service
   * sends them as they are read, so that any number of them takes little memory. `timeout_ms` applies to the first
   * response, and to each wait for more of it.
   *
   * The iteration ends only after the last session. If the response is cut off, it throws a `SessionsCallError` (code
   * `UNREACHABLE`), and what it returned before is incomplete.
   *
   * @example
   * for await (const session of sessions.exportUser('1')) console.log(JSON.stringify(session));
   */
  exportUser(user_id: string, options?: RequestOptions): AsyncIterable<Session<User | null, Data | null>>;

  /**
   * Deletes all sessions of a user, live and ended, and returns a receipt without the user's id. Call again while `more`
   * in the result is true. A call that finds nothing returns `erased: 0`.
   *
   * Sessions that the user opens during the call are deleted too, or remain: first prevent the user from signing in.
   *
   * @example
   * const { erased, user_id_hash } = await sessions.eraseUser('1');
   */
  eraseUser(user_id: string, options?: RequestOptions): Promise<EraseResult>;

  /** Returns the number of live sessions, and how many were opened and closed in each of the last hours. */
  stats(options?: RequestOptions): Promise<Stats>;

  /**
   * Returns the API keys of the service with their scope, their expiry and their last use. Each node has its own counts,
   * from its start on.
   *
   * @example
   * const { since, items } = await sessions.keys();
   * const unused = items.filter(({ last_used }) => last_used === null).map(({ name }) => name);
   */
  keys(options?: RequestOptions): Promise<KeyList>;
}
