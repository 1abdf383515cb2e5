import type { Authentication, OpenRequest, OpenResult, RotateResult, Session } from '../contract/v2.ts';
import { codeOf } from '../error-code.ts';
import { systemTime } from '../platform.ts';
import { cookieLine } from './cookies.ts';
import type { Credential } from './credential.ts';
import type { Exchange } from './exchange.ts';
import { attempt } from './faults.ts';
import { isForged } from './origin.ts';
import { crossSiteRequest, type SessionRefusal, sessionRequired, stepUpRequired } from './refusals.ts';
import { isMet, type SessionRequirement } from './requirement.ts';
import type { CookieLifetime, Settings } from './settings.ts';

/** A session whose `user` and `data` are of the application's own types, which nothing checks. */
export type SessionOf<User, Data> = Omit<Session, 'user' | 'data'> & { readonly user: User; readonly data: Data };

export interface LoginOptions {
  /** `none` for a client that keeps the token itself and sends it as `Authorization: Bearer`. */
  readonly cookie?: CookieLifetime | 'none';
}

/** A bulk close ends a thousand sessions a time; nobody has more than a hundred thousand. */
const PASSES_MAX = 100;

const LOOPBACK = /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * The session of the user who sent a request, and what may be done with it. Methods reject with a `SessionRefusal` when
 * the service is away, which frameworks answer with 503; the cookie is as it was then.
 */
export class UserSession<User = unknown, Data = unknown> {
  readonly #settings: Settings;
  readonly #exchange: Exchange;
  #credential: Credential | null;
  #current: Session | null;

  constructor(settings: Settings, exchange: Exchange, credential: Credential | null, current: Session | null) {
    this.#settings = settings;
    this.#exchange = exchange;
    this.#credential = credential;
    this.#current = current;
  }

  /** As it was when the request came in, or after what was done here since; null when nobody is signed in. */
  get current(): SessionOf<User, Data> | null {
    return this.#current as SessionOf<User, Data> | null;
  }

  /** The same where a guard stands before the handler. Throws a `SessionRefusal`, a 401, when there is none. */
  get required(): SessionOf<User, Data> {
    const { current } = this;
    if (current === null) throw sessionRequired(this.#credential?.from ?? null);
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
  async login(request: OpenRequest, { cookie }: LoginOptions = {}): Promise<OpenResult> {
    const { client, credentials, cookie: form } = this.#settings;
    const lifetime = cookie ?? (credentials.includes('cookie') ? form.lifetime : 'none');
    if (lifetime !== 'none' && isForged(this.#exchange, this.#settings.origin_rules)) throw crossSiteRequest();
    this.#checkPlace(lifetime);
    // The former one first: nothing is left open when either call fails.
    await this.#end();
    const opened = await attempt(this.#settings, () => client.open(request));
    this.#current = opened.session;
    this.#hold(opened.token, lifetime);
    return opened;
  }

  /** Ends the session, and clears its cookie. Does nothing when nobody is signed in. */
  async logout(): Promise<void> {
    await this.#end();
  }

  /** Ends the user's sessions elsewhere, at most 100,000, and answers how many there were. */
  async logoutOthers(): Promise<number> {
    const { id, user_id } = this.required;
    return this.#closeAll(user_id, [id]);
  }

  /** Ends all sessions of the user, this one too, and clears its cookie; answers how many there were. */
  async logoutEverywhere(): Promise<number> {
    const { user_id } = this.required;
    const count = await this.#closeAll(user_id, []);
    this.#leave();
    return count;
  }

  /**
   * A new token for the one that came with the request, after a change of privilege: `auth_*` members say how the user
   * proved who they are now. A token that came in a cookie is replaced there, for as long as `lifetime` says, which is
   * what `login` was told; otherwise the caller has to be given the new one.
   */
  async rotate(authentication: Authentication = {}, lifetime?: CookieLifetime): Promise<RotateResult> {
    const credential = this.#credential;
    if (credential === null || this.#current === null) throw sessionRequired(null);
    const { token, from } = credential;
    const kept = from === 'cookie' ? (lifetime ?? this.#settings.cookie.lifetime) : 'none';
    this.#checkPlace(kept);
    const rotated = await attempt(this.#settings, () => this.#settings.client.rotate({ token, ...authentication }));
    this.#current = rotated.session;
    this.#hold(rotated.token, kept);
    return rotated;
  }

  /** Why a request that needs this goes no further; null when it may. What guards are made of. */
  refusal(requirement: SessionRequirement): SessionRefusal | null {
    if (this.#current === null) return sessionRequired(this.#credential?.from ?? null);
    return isMet(requirement, this.#current) ? null : stepUpRequired(requirement);
  }

  async #end(): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    await attempt(this.#settings, () => this.#settings.client.close(current.id).catch(unlessMissing));
    this.#leave();
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

  #leave(): void {
    const wasInCookie = this.#credential?.from === 'cookie';
    this.#current = null;
    this.#credential = null;
    if (wasInCookie) clearCookie(this.#settings, this.#exchange);
  }

  #hold(token: string, lifetime: CookieLifetime | 'none'): void {
    this.#credential = { token, from: lifetime === 'none' ? 'bearer' : 'cookie' };
    // The handler has the token, and may put it into its response.
    this.#exchange.enforceNoStore();
    if (lifetime === 'none') return;
    const max_age_s = lifetime === 'session' ? null : secondsUntil(this.#current?.expire_time ?? null);
    this.#exchange.setCookie(cookieLine(this.#settings.cookie, token, max_age_s));
  }

  /** A cookie that anyone on the way can read stays on the developer's machine. */
  #checkPlace(lifetime: CookieLifetime | 'none'): void {
    if (lifetime === 'none' || this.#settings.cookie.isSecure || LOOPBACK.test(this.#exchange.host ?? '')) return;
    throw new Error('The option development is for loopback addresses only: leave it out, and serve over https.');
  }
}

/** The browser forgets the token; to be sent only when it is known to be good no longer. */
export function clearCookie({ cookie }: Settings, exchange: Exchange): void {
  exchange.setCookie(cookieLine(cookie, '', 0));
}

function secondsUntil(time: string | null): number {
  return time === null ? Number.MAX_SAFE_INTEGER : Math.ceil((Date.parse(time) - systemTime()) / 1000);
}

/** A session that was deleted is as good as ended. */
function unlessMissing(error: unknown): void {
  if (codeOf(error) !== 'SESSION_NOT_FOUND') throw error;
}
