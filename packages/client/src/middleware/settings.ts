import type { SessionReader } from '@pip-sessions/contract/session-reader';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { wholeNumber } from '../transport/options.ts';
import { showMistake } from '../transport/platform.ts';
import type { CookieForm, SameSite } from './cookies.ts';
import type { CredentialSource } from './credential.ts';
import { IdleTimeoutLimit } from './open-request.ts';
import type { OriginRules } from './origin.ts';

/** What of a sessions service the middleware calls: a remote one's client, or one in the same process. */
export type SessionsAccess = Pick<SessionsClient, 'read' | 'peek' | 'open' | 'rotate' | 'close' | 'closeMany'>;

/** How long a browser keeps the cookie; whether the session is still good is up to the service alone. */
export type CookieLifetime =
  /** Until the browser ends. */
  | 'session'
  /**
   * Until the session's `expire_time`, and without one as long as browsers keep any, 400 days: "stay signed in". `login`
   * opens a session that lives as long without activity, as far as the service allows, unless it is given `idle_timeout`.
   */
  | 'persistent';

export interface UserSessionsOptions {
  /** Its key needs the scope `write`, and `admin` for `logoutOthers` and `logoutEverywhere`. */
  readonly client: SessionsAccess;
  /** Who is asked for the session of a token, like a cache before the client. Default: `client`. */
  readonly reader?: SessionReader;
  /** Where a token may come from; the first that is found counts. Default: `['bearer', 'cookie']`. */
  readonly credentials?: readonly CredentialSource[];
  readonly cookie?: {
    /** Default `__Host-session`. Must begin with `__Host-`, which keeps other hosts from setting it (ASVS 3.3.1). */
    readonly name?: string;
    /** Default `Lax`: links from elsewhere arrive signed in. */
    readonly same_site?: SameSite;
    /** Unless `login` says another. Default `session`. */
    readonly lifetime?: CookieLifetime;
  };
  /**
   * For plain http on the developer's own machine, where some browsers keep no secure cookie: the cookie is `session`,
   * without `Secure`, and it is set on loopback hosts only. Default false.
   */
  readonly development?: boolean;
  /** Origins like `https://app.example.com` whose pages may send requests that change something. Default: none. */
  readonly origins?: readonly string[];
  /** Whether pages of neighbouring hosts (`a.example.com` of `b.example.com`) may do so too. Default false. */
  readonly allow_same_site?: boolean;
  /**
   * Paths like `/saml/callback`, exactly as browsers send them, to which pages of every site may post: for an identity
   * provider on a neighbouring host, whose browser sends the cookie along. Nothing protects their handlers from forged
   * requests; each must have checked what `LoginOptions.allow_cross_site` says before it does anything. Default: none.
   */
  readonly cross_site_paths?: readonly string[];
  /**
   * Whether `X-Forwarded-Host` says which host the browser called. Only behind a proxy that writes another name into
   * `Host`, and that sets or removes that header on every request. Default false: `Host` says it.
   */
  readonly trust_forwarded_host?: boolean;
  /** What a 503 asks callers to wait, in seconds. Default 5. */
  readonly retry_after_s?: number;
  /**
   * Hears why the service could not be asked, for the log; the caller hears a 503. Also hears what failed and was not
   * awaited; where this is left out, the console does.
   */
  readonly onFault?: (error: unknown) => void;
}

export interface Settings {
  readonly client: SessionsAccess;
  readonly reader: SessionReader;
  readonly credentials: readonly CredentialSource[];
  readonly cookie: CookieForm & { readonly lifetime: CookieLifetime };
  readonly origin_rules: OriginRules;
  readonly retry_after_s: number;
  readonly onFault: (error: unknown) => void;
  /** Hears of mistakes in the application that nothing else would show. */
  readonly onMistake: (error: unknown) => void;
  readonly idle_timeout_limit: IdleTimeoutLimit;
}

const RETRY_AFTER_S = 5;
const RETRY_AFTER_S_MAX = 3600;

/** A name that every browser takes as it is (RFC 9110, 5.6.2), and that begins as it has to. */
const SECURE_NAME = /^__Host-[\w.-]{1,64}$/;
const DEVELOPMENT_NAME = /^(?!__)[\w.-]{1,64}$/;

/** Checks options once. Throws a `TypeError` that names the one that is wrong. */
export function toSettings(options: UserSessionsOptions): Settings {
  const { client, reader = client, credentials = ['bearer', 'cookie'], development = false } = options ?? {};
  const { origins = [], cross_site_paths = [], allow_same_site = false, trust_forwarded_host = false } = options ?? {};
  if (typeof client?.open !== 'function') throw new TypeError('client is missing: use one of createSessionsClient.');
  if (credentials.length === 0 || !credentials.every((source) => source === 'bearer' || source === 'cookie')) {
    throw new TypeError("credentials is empty or holds something else: use 'bearer', 'cookie' or both.");
  }
  return {
    client,
    reader,
    credentials: [...credentials],
    cookie: {
      ...toCookieForm(options.cookie, development),
      lifetime: checkedLifetime('cookie.lifetime', options.cookie?.lifetime ?? 'session'),
    },
    origin_rules: {
      origins: new Set(origins.map(checkedOrigin)),
      allows_same_site: allow_same_site,
      cross_site_paths: new Set(cross_site_paths.map(checkedPath)),
      trusts_forwarded_host: trust_forwarded_host,
    },
    retry_after_s: wholeNumber('retry_after_s', options.retry_after_s ?? RETRY_AFTER_S, 0, RETRY_AFTER_S_MAX),
    onFault: options.onFault ?? (() => {}),
    onMistake: options.onFault ?? showMistake,
    idle_timeout_limit: new IdleTimeoutLimit(),
  };
}

function toCookieForm(cookie: UserSessionsOptions['cookie'], development: boolean): CookieForm {
  const { name = development ? 'session' : '__Host-session', same_site = 'Lax' } = cookie ?? {};
  if (!(development ? DEVELOPMENT_NAME : SECURE_NAME).test(name)) {
    const rule = development ? 'one without two underscores at its beginning' : 'one that begins with __Host-';
    throw new TypeError(`cookie.name is '${name}': use ${rule}, of at most 64 letters, digits, '.', '_' and '-'.`);
  }
  if (same_site !== 'Lax' && same_site !== 'Strict') {
    throw new TypeError(`cookie.same_site is '${same_site}': use 'Lax' or 'Strict'.`);
  }
  return { name, isSecure: !development, same_site };
}

/** Throws a `TypeError` that names the option. */
export function checkedLifetime(option: string, lifetime: CookieLifetime): CookieLifetime {
  if (lifetime === 'session' || lifetime === 'persistent') return lifetime;
  throw new TypeError(`${option} is '${lifetime}': use 'session' or 'persistent'.`);
}

/** As browsers write it: in lower case, and without the port that the scheme has anyway. */
function checkedOrigin(origin: string): string {
  if (/^\w+:\/\/[^/?#@\\\s]+$/.test(origin) && URL.canParse(origin)) {
    const { origin: normal } = new URL(origin);
    if (normal !== 'null') return normal;
  }
  throw new TypeError(`origins holds '${origin}': use scheme, host and port alone, like https://app.example.com.`);
}

function checkedPath(path: string): string {
  if (typeof path === 'string' && /^\/[^?#\s]*$/.test(path)) return path;
  throw new TypeError(`cross_site_paths holds '${path}': use a path alone, like /saml/callback.`);
}
