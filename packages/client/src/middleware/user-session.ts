import { assertKnownOptions } from '@pip-sessions/contract/arguments';
import type { EndReason } from '@pip-sessions/contract/session-reader';
import type {
  Authentication,
  OpenRequest,
  OpenResult,
  OwnSessionPage,
  RotateResult,
  Session,
  SessionActor,
} from '@pip-sessions/contract/v2';
import { type DevicesRequest, endOthers, endOwn } from '../v2/own-sessions.ts';
import { awaited } from './awaited.ts';
import { assertSecurePlace } from './cookies/cookie-place.ts';
import { cookieLine } from './cookies/cookies.ts';
import { endWithSession } from './end-with-session.ts';
import { endedBy } from './ended-by.ts';
import type { Exchange } from './http-adapter.ts';
import { LOGIN_OPTIONS, type LoginOptions } from './login-options.ts';
import { fittingRequest, secondsUntil } from './open-request.ts';
import { isForged } from './origin.ts';
import {
  actorSession,
  crossSiteRequest,
  type SessionRejection,
  sessionRequired,
  stepUpRequired,
} from './rejections/rejections.ts';
import { cannotBegin, sentMeanwhile } from './rejections/response-begun.ts';
import { attempt, unlessMissing } from './rejections/service-errors.ts';
import { isMet, type SessionRequirement } from './requirement.ts';
import type { SessionState } from './session-state.ts';
import { type CookieLifetime, checkedLifetime, type Settings } from './settings.ts';
import { withToken } from './with-token.ts';

/** A session with the application's own types of `user` and `data`, which nothing checks. */
export type SessionOf<User, Data> = Session<User, Data>;

/**
 * The session of the user of a request, and the calls that change it. Methods reject with a `SessionRejection` if the
 * service is unavailable, to which frameworks respond with 503; the cookie then stays unchanged. They reject with a
 * `ResponseBegunError` (code `RESPONSE_BEGUN`) if the cookie must change but the headers of the response were sent.
 *
 * @example
 * import { requireSession } from '@pip-sessions/client/express';
 *
 * app.post('/logout', requireSession(), async (req, res) => {
 *   console.log(`goodbye ${req.userSession.required.user_id}`);
 *   await req.userSession.logout();
 *   res.sendStatus(204);
 * });
 */
export class UserSession<User = unknown, Data = unknown> {
  readonly #settings: Settings;
  readonly #exchange: Exchange;
  readonly #state: SessionState;

  constructor(settings: Settings, exchange: Exchange, state: SessionState) {
    this.#settings = settings;
    this.#exchange = exchange;
    this.#state = state;
  }

  /** The state that an earlier mount of the middleware found; null if there was none. */
  static stateOf(earlier: object | undefined): SessionState | null {
    return earlier !== undefined && #state in earlier ? earlier.#state : null;
  }

  /**
   * The session as it was when the request arrived, or after the last call on this object. Null if no user is signed
   * in.
   */
  get current(): SessionOf<User, Data> | null {
    return this.#state.current as SessionOf<User, Data> | null;
  }

  /**
   * Whole seconds until the session ends without further activity; null if no user is signed in. A page can warn its user
   * in time.
   *
   * @example
   * import { userSessionOf } from '@pip-sessions/client/express';
   *
   * app.get('/time-left', (req, res) => void res.json({ seconds: userSessionOf(req).expiresIn }));
   */
  get expiresIn(): number | null {
    return this.#state.current?.expires_in ?? null;
  }

  /** The actor of this session; null if it has none, and if no user is signed in. */
  get actor(): SessionActor | null {
    return this.#state.current?.actor ?? null;
  }

  /**
   * The current session, for handlers behind a guard. Throws a `SessionRejection` (code `SESSION_REQUIRED`, 401) if there
   * is none.
   */
  get required(): SessionOf<User, Data> {
    const { current } = this;
    if (current === null) throw sessionRequired(this.#state.credential?.from ?? null);
    return current;
  }

  /**
   * Opens a session for a user whom the application has authenticated, and sets its cookie. The session is always a new
   * one, and the session of the request ends: an attacker who planted or copied its token gains nothing (ASVS 7.2.4).
   *
   * Rejects as `SessionsClient.open` does; then no user is signed in. Rejects with a `SessionRejection` (code
   * `CROSS_SITE_REQUEST`, 403) if a page of another site sent the request, and with the code `ACTOR_SESSION` (403) in a
   * session with an actor: sign out first.
   *
   * A GET does not show which page sent it: a page of another site can lead the browser to it, and so sign its user in
   * as another user. So in the callback of an identity provider, first compare `state` with the value in a cookie that
   * this browser got before the redirect (RFC 6749, 10.12; RFC 9700, 4.7). Only then call this.
   *
   * @example
   * await userSession.login({ user_id: '1', auth_methods: ['pwd'] }, { cookie: 'persistent' });
   */
  login(request: OpenRequest<User, Data>, options: LoginOptions = {}): Promise<OpenResult<User, Data>> {
    return this.#awaited('login', this.#login(request, options) as Promise<OpenResult<User, Data>>);
  }

  /** Ends the session and clears its cookie. Does nothing if no user is signed in. */
  logout(): Promise<void> {
    return this.#awaited('logout', this.#end('logout'));
  }

  /**
   * Returns a page of the user's live sessions, the newest first; `current` in it is the id of this session. It counts
   * as activity. Rejects as `required` does, and with a `SessionRejection` (code `ACTOR_SESSION`, 403) if the session
   * has an actor.
   *
   * @example
   * const { items, current } = await userSession.devices();
   */
  devices(request: DevicesRequest = {}): Promise<OwnSessionPage> {
    return this.#awaited(
      'devices',
      this.#withToken((client, token) => client.own({ active: true, ...request, token })),
    );
  }

  /**
   * Ends a session of the user, and returns true. Returns false if the user has no live session with this id: it is
   * unknown, has ended, or is another user's. Ends this session as `logout` does. Rejects as `devices` does.
   */
  endDevice(id: string): Promise<boolean> {
    return this.#awaited('endDevice', this.#endDevice(id));
  }

  /** Ends the other sessions of the user, at most 100,000. Returns how many there were. Rejects as `devices` does. */
  logoutOthers(): Promise<number> {
    return this.#awaited('logoutOthers', this.#withToken(endOthers));
  }

  /**
   * Ends all sessions of the user, including this one, and clears its cookie. Returns how many there were. Rejects as
   * `devices` does.
   */
  logoutEverywhere(): Promise<number> {
    return this.#awaited('logoutEverywhere', this.#logoutEverywhere());
  }

  /**
   * Replaces the token of the request, after a change of privilege. The `auth_*` properties describe how the user has
   * authenticated now. A token in a cookie is replaced there: give the same `lifetime` as `login` got. Otherwise the
   * application must send the new token to the caller.
   *
   * Rejects as `required` does, and as `SessionsClient.rotate` does.
   *
   * @example
   * await userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
   */
  rotate(authentication: Authentication = {}, lifetime?: CookieLifetime): Promise<RotateResult<User, Data>> {
    return this.#awaited('rotate', this.#rotate(authentication, lifetime) as Promise<RotateResult<User, Data>>);
  }

  /**
   * Calls `close` once when the session ends, for a connection that stays open, such as a WebSocket; see `endWith` of the
   * cached client. Returns a function that prevents this: call it when the connection closes by itself.
   *
   * Throws as `required` does, and a `TypeError` if neither `reader` nor `client` is a client with a cache.
   *
   * @example
   * const stop = userSession.endWith((reason) => console.log(`close the connection: ${reason}`));
   */
  endWith(close: (reason: EndReason) => void): () => void {
    return endWithSession(this.#settings, this.required, close);
  }

  /** Returns the rejection of a request that needs this requirement; null if the session meets it. Guards use it. */
  rejection(requirement: SessionRequirement): SessionRejection | null {
    const { credential, current } = this.#state;
    if (current === null) return sessionRequired(credential?.from ?? null);
    return isMet(requirement, current) ? null : stepUpRequired(requirement);
  }

  async #login(request: OpenRequest, options: LoginOptions): Promise<OpenResult> {
    assertKnownOptions(options, 'login', LOGIN_OPTIONS);
    const { cookie, allow_cross_site = false } = options;
    const { client, credentials, cookie: form, origin_rules, idle_timeout_limit } = this.#settings;
    const lifetime = cookie ?? (credentials.includes('cookie') ? form.lifetime : 'none');
    if (lifetime !== 'none') checkedLifetime('cookie', lifetime, "'session', 'persistent' or 'none'");
    if (this.#exchange.hasBegun) throw cannotBegin('login');
    if (this.actor !== null) throw actorSession();
    if (lifetime !== 'none' && !allow_cross_site && isForged(this.#exchange, origin_rules)) throw crossSiteRequest();
    if (lifetime !== 'none') assertSecurePlace(this.#settings, this.#exchange, allow_cross_site);
    const fitting = fittingRequest(request);
    // The former session ends first: no session stays open if either call fails.
    await this.#end('login');
    const opened = await attempt(this.#settings, () =>
      lifetime === 'persistent' ? idle_timeout_limit.open((each) => client.open(each), fitting) : client.open(fitting),
    );
    if (this.#exchange.hasBegun) {
      await attempt(this.#settings, () => client.close(opened.session.id));
      throw sentMeanwhile('login', 'The new session has been closed again.');
    }
    this.#state.current = opened.session;
    this.#hold(opened.token, lifetime);
    return opened;
  }

  async #rotate(authentication: Authentication, lifetime: CookieLifetime | undefined): Promise<RotateResult> {
    const { credential, current } = this.#state;
    if (credential === null || current === null) throw sessionRequired(null);
    const { token, from } = credential;
    const kept = from === 'cookie' ? checkedLifetime('lifetime', lifetime ?? this.#settings.cookie.lifetime) : 'none';
    if (this.#exchange.hasBegun) throw cannotBegin('rotate');
    if (kept !== 'none') assertSecurePlace(this.#settings, this.#exchange, false);
    const rotated = await attempt(this.#settings, () => this.#settings.client.rotate({ token, ...authentication }));
    this.#state.current = rotated.session;
    if (this.#exchange.hasBegun) {
      throw sentMeanwhile(
        'rotate',
        'The former token is valid for its grace period only; rotate it again with the next request.',
      );
    }
    this.#hold(rotated.token, kept);
    return rotated;
  }

  async #endDevice(id: string): Promise<boolean> {
    if (id !== this.required.id) return this.#withToken((client, token) => endOwn(client, token, id));
    await this.#end('endDevice');
    return true;
  }

  async #logoutEverywhere(): Promise<number> {
    this.#checkLeaving('logoutEverywhere');
    // This session ends last: until then its token can be used to try again.
    const others = await this.#withToken(endOthers);
    await this.#end('logoutEverywhere');
    return others + 1;
  }

  async #end(call: string): Promise<void> {
    const { current } = this.#state;
    if (current === null) return;
    this.#checkLeaving(call);
    await attempt(this.#settings, () =>
      this.#settings.client.close(current.id, { by: endedBy(current) }).catch(unlessMissing),
    );
    this.#leave(call);
  }

  /** Without a cookie, the response needs no header. */
  #checkLeaving(call: string): void {
    if (this.#state.credential?.from === 'cookie' && this.#exchange.hasBegun) throw cannotBegin(call);
  }

  #leave(call: string): void {
    const wasInCookie = this.#state.credential?.from === 'cookie';
    this.#state.current = null;
    this.#state.credential = null;
    if (!wasInCookie) return;
    if (this.#exchange.hasBegun)
      throw sentMeanwhile(call, 'The former session has ended, and the next request clears its cookie.');
    this.#exchange.setCookie(this.#settings.cookie, cookieLine(this.#settings.cookie, '', 0));
  }

  #hold(token: string, lifetime: CookieLifetime | 'none'): void {
    this.#state.credential = { token, from: lifetime === 'none' ? 'bearer' : 'cookie' };
    // The handler has the token, and may write it into its response.
    this.#exchange.enforceNoStore();
    if (lifetime === 'none') return;
    const max_age_s = lifetime === 'session' ? null : secondsUntil(this.#state.current?.expire_time ?? null);
    this.#exchange.setCookie(this.#settings.cookie, cookieLine(this.#settings.cookie, token, max_age_s));
  }

  #withToken<T>(call: (client: Settings['client'], token: string) => Promise<T>): Promise<T> {
    return withToken(this.#settings, this.#state, call);
  }

  #awaited<T>(call: string, work: Promise<T>): Promise<T> {
    return awaited(call, work, this.#settings.onMistake);
  }
}
