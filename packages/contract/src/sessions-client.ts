import type { CloseOptions, OpenOptions, RequestOptions, ValidateOptions, WriteOptions } from './request-options.ts';
import type { SessionReader } from './session-reader.ts';
import type {
  CloseManyRequest,
  CloseManyResult,
  ListRequest,
  MergePatch,
  OpenRequest,
  OpenResult,
  RotateRequest,
  RotateResult,
  Session,
  SessionFilter,
  SessionPage,
  SessionSummary,
  Stats,
  UpdateRequest,
  Validation,
} from './v2.ts';

/** Which sessions `all` goes through; `limit` is how many it asks for at a time. */
export type AllRequest = Omit<ListRequest, 'cursor' | 'total'>;

/**
 * The methods of API v2. Calls reject with a `SessionsProblemError`, or one of its subclasses, where the service
 * answered with a problem; with a `SessionsCallError` where no answer came that can be used; and with a `TypeError`
 * that names the argument where one cannot be sent.
 *
 * `User` and `Data` are the application's own types of what it keeps in a session; nothing checks them.
 *
 * @example
 * const sessions = createSessionsClient<User, { cart: string[] }>({ url, key });
 */
export interface SessionsClient<User = unknown, Data = unknown> extends SessionReader<User, Data> {
  /**
   * Opens a session for a user whom the caller has authenticated. The token in the answer is what the user's browser
   * or app holds; nobody can ask for it again. Sending it twice never opens two sessions.
   */
  open(request: OpenRequest<User, Data>, options?: OpenOptions): Promise<OpenResult<User, Data>>;

  /** A session, live or ended; null when there is none of that id. */
  get(id: string, options?: RequestOptions): Promise<Session<User | null, Data | null> | null>;

  /** One page of sessions, without `user` and `data`, the newest first. */
  list(request?: ListRequest, options?: RequestOptions): Promise<SessionPage>;

  /**
   * All sessions that match, page after page; `options` hold for each page.
   *
   * @example
   * for await (const session of sessions.all({ user_id: '1', active: true })) show(session.client, session.open_time);
   */
  all(filter?: AllRequest, options?: RequestOptions): AsyncIterable<SessionSummary>;

  /** How many sessions match. */
  count(filter?: SessionFilter, options?: RequestOptions): Promise<number>;

  /** Whether a token is good, and its session, or why it is not. It counts as activity. */
  validate(token: string, options?: ValidateOptions): Promise<Validation<User, Data>>;

  /**
   * A new token for an old one, which stays good for a short grace only; whoever presents it afterwards ends the
   * session. With `auth_*` members after the user has authenticated again: the old token is then worth what it was
   * before, and rotating it without them rejects with the code `TOKEN_REPLACED`. Sent twice, it renews once.
   */
  rotate(request: RotateRequest, options?: RequestOptions): Promise<RotateResult<User, Data>>;

  /**
   * Changes how long a session lives ("remember me" after the sign-in), or what its device is known by. It does not
   * count as activity. An ended session rejects with a `SessionClosedError`; one that is past its new deadline ends.
   *
   * @example
   * await sessions.update(session.id, { idle_timeout: 30 * 86_400, expire_time: null });
   */
  update(id: string, changes: UpdateRequest, options?: WriteOptions): Promise<Session<User | null, Data | null>>;

  /** Replaces `data`, any JSON value. An ended session rejects with a `SessionClosedError`. */
  replaceData(id: string, value: Data, options?: WriteOptions): Promise<Session<User, Data>>;

  /** Replaces `user`, any JSON value. An ended session rejects with a `SessionClosedError`. */
  replaceUser(id: string, value: User, options?: WriteOptions): Promise<Session<User, Data>>;

  /**
   * Changes the members of `data` that are in `patch`, and removes those that are null in it (RFC 7396). Others may
   * change other members at the same time.
   */
  patchData(id: string, patch: MergePatch<Data>, options?: WriteOptions): Promise<Session<User, Data>>;

  /** Counts as activity, which puts off the end of the session by its `idle_timeout`. */
  touch(id: string, options?: RequestOptions): Promise<Session<User, Data>>;

  /** Ends a session. Closing an ended one changes nothing and answers it as it ended. */
  close(id: string, options?: CloseOptions): Promise<Session<User | null, Data | null>>;

  /** Deletes a session, live or ended, and answers it as it was. To end one and keep its record, `close` it. */
  remove(id: string, options?: RequestOptions): Promise<Session<User | null, Data | null>>;

  /**
   * Ends all live sessions that match, at most `limit` of them at a time: call again while it answers `more`.
   *
   * @example
   * await sessions.closeMany({ filter: { user_id: '1' }, except: [current.id] }); // sign out everywhere else
   */
  closeMany(request: CloseManyRequest, options?: RequestOptions): Promise<CloseManyResult>;

  /** How many sessions live, and were opened and closed in the last hours. */
  stats(options?: RequestOptions): Promise<Stats>;
}
