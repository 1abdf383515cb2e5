import type { CookieForm } from './cookies.ts';
import type { RequestView } from './request-view.ts';
import type { SessionState } from './session-state.ts';

/**
 * A request and its response, of which the headers are changed before its handler or after. Once the response has begun
 * these methods change nothing.
 */
export interface Exchange extends RequestView {
  /** What the last mount of the middleware has found for this request; null before the first. */
  latest: SessionState | null;
  /** Whether the headers of the response have been sent, or there is no response, as for an upgrade. */
  readonly hasBegun: boolean;
  /**
   * In place of the `Set-Cookie` lines of that cookie with a token, and beside all others. Enforces `no-store`. With
   * `yields`, such a line that the handler's response has is left as it is.
   */
  setCookie(cookie: CookieForm, line: string, yields?: boolean): void;
  /** `Cache-Control: no-store`, unless the handler sets another: what depends on a session belongs in no cache. */
  forbidStore(): void;
  /** The same whatever the handler sets, and however: for a response with a token (ASVS 14.3.2). */
  enforceNoStore(): void;
}
