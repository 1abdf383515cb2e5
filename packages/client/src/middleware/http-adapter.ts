import type { CookieForm } from './cookies/cookies.ts';
import type { RequestView } from './request-view.ts';
import type { SessionState } from './session-state.ts';

/**
 * A request and its response, whose headers are changed before or after its handler. After the response has begun,
 * these methods change nothing.
 */
export interface Exchange extends RequestView {
  /** The session state that the last mount of the middleware found for this request; null before the first. */
  latest: SessionState | null;
  /** Whether the headers of the response were sent, or there is no response, as for an upgrade. */
  readonly hasBegun: boolean;
  /**
   * Adds a `Set-Cookie` line. It replaces lines that put a token into this cookie, and no other lines. Enforces
   * `no-store`. With `yields`, it does not replace such a line of the handler's response.
   */
  setCookie(cookie: CookieForm, line: string, yields?: boolean): void;
  /**
   * Sets `Cache-Control: no-store`, unless the handler sets another value: caches must not store what depends on a
   * session.
   */
  forbidStore(): void;
  /** Sets `Cache-Control: no-store` whatever the handler sets: for a response with a token (ASVS 14.3.2). */
  enforceNoStore(): void;
}
