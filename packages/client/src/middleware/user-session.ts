import type { Authentication, OpenRequest, OpenResult, RotateResult, Session } from '@pip-sessions/contract/v2';
import { codeOf } from '../v2/error-code.ts';
import { awaited } from './awaited.ts';
import { cookieLine } from './cookies.ts';
import { isLoopbackOrigin, isOnLoopback } from './host.ts';
import type { Exchange } from './http-adapter.ts';
import { fittingRequest, secondsUntil } from './open-request.ts';
import { isForged } from './origin.ts';
import { crossSiteRequest, type SessionRefusal, sessionRequired, stepUpRequired } from './rejections.ts';
import { isMet, type SessionRequirement } from './requirement.ts';
import { cannotBegin, sentMeanwhile } from './response-begun.ts';
import { attempt } from './service-errors.ts';
import type { SessionState } from './session-state.ts';
import { type CookieLifetime, checkedLifetime, type Settings } from './settings.ts';

/** A session whose `user` and `data` are of the application's own types, which nothing checks. */
export type SessionOf<User, Data> = Session<User, Data>;

export interface LoginOptions {
  /** `none` for a client that keeps the token itself and sends it as `Authorization: Bearer`. */
  readonly cookie?: CookieLifetime | 'none';
  /**
   * Lets a page of another site send this sign-in, as an identity provider does that posts (SAML, OpenID Connect with
   * `form_post`), from its own origin or from `null`. Default false. Before, the caller must have checked two things: that
   * the provider signed what was posted, and that this browser asked for it. For the second, compare `InResponseTo`,
   * `state` or `nonce` with a cookie that this browser got before it was sent there, and use it once; it has to be
   * `__Host-`, `HttpOnly` and `SameSite=None`. Otherwise any page can sign its visitor in as somebody else (RFC 9700, 4.7).
   */
  readonly allow_cross_site?: boolean;
}

/** A bulk close ends a thousand sessions a time; nobody has more than a hundred thousand. */
const PASSES_MAX = 100;

/**
 * The session of the user who sent a request, and what may be done with it. Methods reject with a `SessionRefusal` when
 * the service is away, which frameworks answer with 503; the cookie is as it was then.
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

  /** What an earlier mount of the middleware has found; null where none has been. */
  static stateOf(earlier: object | undefined): SessionState | null {
    return earlier !== undefined && #state in earlier ? earlier.#state : null;
  }

  /** As it was when the request came in, or after what was done here since; null when nobody is signed in. */
  get current(): SessionOf<User, Data> | null {
    return this.#state.current as SessionOf<User, Data> | null;
  }

  /** The same where a guard stands before the handler. Throws a `SessionRefusal`, a 401, when there is none. */
  get required(): SessionOf<User, Data> {
    const { current } = this;
    if (current === null) throw sessionRequired(this.#state.credential?.from ?? null);
    return current;
  }

  /**
   * Opens a session for a user whom the application has authenticated, and sets its cookie. It is always a new one, and
   * the one that came with the request ends: whoever planted that one, or copied it, holds nothing (ASVS 7.2.4). Rejects
   * as `SessionsClient.open` does, with nobody signed in; and with a 403 when a page of another site sent the request.
   *
   * A GET says nothing of who sent it: a page of another site can lead the browser to it, and so sign its user in as
   * somebody else. In the callback of an identity provider compare `state` with the one that the application gave this
   * browser in a cookie before it sent it there (RFC 6749, 10.12; RFC 9700, 4.7), and only then call this.
   */
  login(request: OpenRequest<User, Data>, options: LoginOptions = {}): Promise<OpenResult<User, Data>> {
    return this.#awaited('login', this.#login(request, options) as Promise<OpenResult<User, Data>>);
  }

  /** Ends the session, and clears its cookie. Does nothing when nobody is signed in. */
  logout(): Promise<void> {
    return this.#awaited('logout', this.#end('logout'));
  }

  /** Ends the user's sessions elsewhere, at most 100,000, and answers how many there were. */
  logoutOthers(): Promise<number> {
    return this.#awaited('logoutOthers', this.#logoutOthers());
  }

  /** Ends all sessions of the user, this one too, and clears its cookie; answers how many there were. */
  logoutEverywhere(): Promise<number> {
    return this.#awaited('logoutEverywhere', this.#logoutEverywhere());
  }

  /**
   * A new token for the one that came with the request, after a change of privilege: `auth_*` members say how the user
   * proved who they are now. A token that came in a cookie is replaced there, for as long as `lifetime` says, which is
   * what `login` was told; otherwise the caller has to be given the new one.
   */
  rotate(authentication: Authentication = {}, lifetime?: CookieLifetime): Promise<RotateResult<User, Data>> {
    return this.#awaited('rotate', this.#rotate(authentication, lifetime) as Promise<RotateResult<User, Data>>);
  }

  /** Why a request that needs this goes no further; null when it may. What guards are made of. */
  refusal(requirement: SessionRequirement): SessionRefusal | null {
    const { credential, current } = this.#state;
    if (current === null) return sessionRequired(credential?.from ?? null);
    return isMet(requirement, current) ? null : stepUpRequired(requirement);
  }

  async #login(request: OpenRequest, { cookie, allow_cross_site = false }: LoginOptions): Promise<OpenResult> {
    const { client, credentials, cookie: form, origin_rules, idle_timeout_limit } = this.#settings;
    const lifetime = cookie ?? (credentials.includes('cookie') ? form.lifetime : 'none');
    if (lifetime !== 'none') checkedLifetime('cookie', lifetime);
    if (this.#exchange.hasBegun) throw cannotBegin('login');
    if (lifetime !== 'none' && !allow_cross_site && isForged(this.#exchange, origin_rules)) throw crossSiteRequest();
    this.#checkPlace(lifetime, allow_cross_site);
    const fitting = fittingRequest(request);
    // The former one first: nothing is left open when either call fails.
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
    this.#checkPlace(kept, false);
    const rotated = await attempt(this.#settings, () => this.#settings.client.rotate({ token, ...authentication }));
    this.#state.current = rotated.session;
    if (this.#exchange.hasBegun) {
      throw sentMeanwhile(
        'rotate',
        'The former token is good for its grace only; rotate it again with the next request.',
      );
    }
    this.#hold(rotated.token, kept);
    return rotated;
  }

  async #logoutOthers(): Promise<number> {
    const { id, user_id } = this.required;
    return this.#closeAll(user_id, [id]);
  }

  async #logoutEverywhere(): Promise<number> {
    const { user_id } = this.required;
    this.#checkLeaving('logoutEverywhere');
    const count = await this.#closeAll(user_id, []);
    this.#leave('logoutEverywhere');
    return count;
  }

  async #end(call: string): Promise<void> {
    const { current } = this.#state;
    if (current === null) return;
    this.#checkLeaving(call);
    await attempt(this.#settings, () => this.#settings.client.close(current.id).catch(unlessMissing));
    this.#leave(call);
  }

  async #closeAll(user_id: string, except: readonly string[]): Promise<number> {
    let count = 0;
    for (let pass = 0; pass < PASSES_MAX; pass += 1) {
      const request = { filter: { user_id }, except } as const;
      const { ids, more } = await attempt(this.#settings, () => this.#settings.client.closeMany(request));
      count += ids.length;
      if (!more) break;
    }
    return count;
  }

  /** Without a cookie, there is nothing that a response has to say. */
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
    // The handler has the token, and may put it into its response.
    this.#exchange.enforceNoStore();
    if (lifetime === 'none') return;
    const max_age_s = lifetime === 'session' ? null : secondsUntil(this.#state.current?.expire_time ?? null);
    this.#exchange.setCookie(this.#settings.cookie, cookieLine(this.#settings.cookie, token, max_age_s));
  }

  /** Where a cookie may be set: nowhere that anyone on the way can read it. */
  #checkPlace(lifetime: CookieLifetime | 'none', allow_cross_site: boolean): void {
    if (lifetime === 'none') return;
    const { cookie, origin_rules } = this.#settings;
    if (cookie.isSecure) return;
    const origin = this.#exchange.header('origin');
    const isForeign = origin === null || allow_cross_site || origin_rules.origins.has(origin);
    if (isOnLoopback(this.#exchange, origin_rules) && (isForeign || isLoopbackOrigin(origin))) return;
    throw new Error('The option development is for loopback addresses only: leave it out, and serve over https.');
  }

  #awaited<T>(call: string, work: Promise<T>): Promise<T> {
    return awaited(call, work, this.#settings.onMistake);
  }
}

/** The browser forgets the token of a session that has ended, unless the handler gives it another one. */
export function clearEndedCookie({ cookie }: Settings, exchange: Exchange): void {
  exchange.setCookie(cookie, cookieLine(cookie, '', 0), true);
}

/** A session that was deleted is as good as ended. */
function unlessMissing(error: unknown): void {
  if (codeOf(error) !== 'SESSION_NOT_FOUND') throw error;
}
