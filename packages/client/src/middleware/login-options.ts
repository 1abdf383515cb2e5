import type { CookieLifetime } from './settings.ts';

/** The options of `login`. */
export interface LoginOptions {
  /**
   * The lifetime of the cookie. `none` sets no cookie, for a client that keeps the token itself and sends it as
   * `Authorization: Bearer`. Default: the option `cookie.lifetime` of the middleware.
   */
  readonly cookie?: CookieLifetime | 'none';
  /**
   * Allows a page of another site to send this sign-in, from its own origin or from `null`. Identity providers that
   * post need it (SAML, OpenID Connect with `form_post`). Default false.
   *
   * Before the call, the application must check that the provider signed the posted data, and that this browser started
   * the sign-in. For the second, compare `InResponseTo`, `state` or `nonce` with a cookie that this browser got before
   * it was redirected to the provider. Use the value only once. The cookie must be `__Host-`, `HttpOnly` and
   * `SameSite=None`. Without these checks, any page can sign its visitor in as another user (RFC 9700, 4.7).
   */
  readonly allow_cross_site?: boolean;
}

/** The names of the options, to reject others. */
export const LOGIN_OPTIONS: Readonly<Record<keyof LoginOptions, true>> = { cookie: true, allow_cross_site: true };
