import { assertKnownOptions, assertObject } from '@pip-sessions/contract/arguments';
import type { SessionReader } from '@pip-sessions/contract/session-reader';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { wholeNumber } from '../transport/options.ts';
import { elapsedTime, showMistake } from '../transport/platform.ts';
import type { CookieForm, SameSite } from './cookies/cookies.ts';
import type { CredentialSource } from './cookies/credential.ts';
import { IdleTimeoutLimit } from './open-request.ts';
import type { OriginRules } from './origin.ts';

/**
 * The methods of a client that the middleware calls. The client of a remote service has them, and that of a service in
 * the same process.
 */
export type SessionsAccess = Pick<
  SessionsClient,
  'read' | 'peek' | 'endWith' | 'open' | 'rotate' | 'close' | 'own' | 'closeOwn'
>;

/** How long a browser keeps the cookie. Only the service decides how long the session lives. */
export type CookieLifetime =
  /** Until the browser is closed. */
  | 'session'
  /**
   * Until the session's `expire_time`; without one for 400 days, the maximum of browsers: "stay signed in". `login`
   * then opens a session with an idle timeout of the same length, as far as the service allows, unless `idle_timeout`
   * is given.
   */
  | 'persistent';

/** The options of the session middleware. Only `client` is required. */
export interface UserSessionsOptions {
  /** The client of the sessions service. Its key needs the scope `write`. */
  readonly client: SessionsAccess;
  /** Finds the session of a token, such as a cache before the client. Default: `client`. */
  readonly reader?: SessionReader;
  /** The sources of a token, in their order: the first one with a token is used. Default: `['bearer', 'cookie']`. */
  readonly credentials?: readonly CredentialSource[];
  /** The cookie that holds the token. */
  readonly cookie?: {
    /**
     * The name. Default `__Host-session`. It must start with `__Host-`, which prevents other hosts from setting it
     * (ASVS 3.3.1).
     */
    readonly name?: string;
    /** The attribute `SameSite`. Default `Lax`: a user who follows a link from another site is signed in. */
    readonly same_site?: SameSite;
    /** The lifetime, unless `login` sets another one. Default `session`. */
    readonly lifetime?: CookieLifetime;
  };
  /**
   * True for http on the developer's own machine, where some browsers reject secure cookies. The cookie is named
   * `session`, has no `Secure`, and is set on loopback hosts only. Default false.
   */
  readonly development?: boolean;
  /** Origins such as `https://app.example.com`, whose pages may send requests that change something. Default: none. */
  readonly origins?: readonly string[];
  /**
   * Whether pages of neighbouring hosts (`a.example.com` and `b.example.com`) may send such requests too. Default
   * false.
   */
  readonly allow_same_site?: boolean;
  /**
   * Paths such as `/saml/callback`, exactly as browsers send them, to which pages of every site may post. They are for
   * an identity provider on a neighbouring host, for which the browser sends the cookie.
   *
   * Their handlers are not protected from forged requests. Each must first check what `LoginOptions.allow_cross_site`
   * describes. Default: none.
   */
  readonly cross_site_paths?: readonly string[];
  /**
   * Whether to take the host that the browser called from `X-Forwarded-Host`. Set it only behind a proxy that writes
   * another name into `Host`, and that sets or removes this header on every request. Default false: `Host` is used.
   */
  readonly trust_forwarded_host?: boolean;
  /** The `retry-after` of a 503 in seconds. Default 5. */
  readonly retry_after_s?: number;
  /**
   * Called with the error of a failed call of the service, for the log; the caller gets a 503. Also called with the
   * error of a call that was not awaited. Default: prints the error to the console, a failed call at most once in 10
   * seconds.
   */
  readonly onFault?: (error: unknown) => void;
}

/** An option for the requests of one framework. */
export interface PassiveOption<R> {
  /**
   * Whether a request must not count as activity, such as a poll of an open page: it would keep the user signed in for as
   * long as the page is open. Default: every request is activity.
   */
  readonly passive?: (request: R) => boolean;
}

export interface Settings {
  readonly client: SessionsAccess;
  readonly reader: SessionReader;
  readonly credentials: readonly CredentialSource[];
  readonly cookie: CookieForm & { readonly lifetime: CookieLifetime };
  readonly origin_rules: OriginRules;
  readonly retry_after_s: number;
  readonly onFault: (error: unknown) => void;
  /** Called with mistakes of the application that would otherwise stay unnoticed. */
  readonly onMistake: (error: unknown) => void;
  readonly idle_timeout_limit: IdleTimeoutLimit;
}

const OPTIONS: Readonly<Record<keyof (UserSessionsOptions & PassiveOption<never>), true>> = {
  client: true,
  reader: true,
  credentials: true,
  cookie: true,
  development: true,
  origins: true,
  allow_same_site: true,
  cross_site_paths: true,
  trust_forwarded_host: true,
  passive: true,
  retry_after_s: true,
  onFault: true,
};
const COOKIE_OPTIONS: Readonly<Record<keyof NonNullable<UserSessionsOptions['cookie']>, true>> = {
  name: true,
  same_site: true,
  lifetime: true,
};

const RETRY_AFTER_S = 5;
const RETRY_AFTER_S_MAX = 3600;

/** A name that every browser accepts (RFC 9110, 5.6.2), with the required prefix. */
const SECURE_NAME = /^__Host-[\w.-]{1,64}$/;
const DEVELOPMENT_NAME = /^(?!__)[\w.-]{1,64}$/;

/** Checks the options once. Throws a `TypeError` that names an option which is wrong. */
export function toSettings(options: UserSessionsOptions): Settings {
  assertObject(options, 'options', 'userSessions({ client })');
  assertKnownOptions(options, 'userSessions', OPTIONS);
  const { client, reader = client, credentials = ['bearer', 'cookie'], development = false } = options;
  const { origins = [], cross_site_paths = [], allow_same_site = false, trust_forwarded_host = false } = options;
  if (typeof client?.open !== 'function')
    throw new TypeError('client is missing or no client: use userSessions({ client: createSessionsClient({ url }) }).');
  for (const [name, list] of Object.entries({ credentials, origins, cross_site_paths })) {
    if (!Array.isArray(list)) throw new TypeError(`${name} is not an array: use ${name}: ['…'].`);
  }
  if (credentials.length === 0 || !credentials.every((source) => source === 'bearer' || source === 'cookie')) {
    throw new TypeError("credentials is empty or has an unknown value: use 'bearer', 'cookie' or both.");
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
    onFault: options.onFault ?? faultPrinter(),
    onMistake: options.onFault ?? showMistake,
    idle_timeout_limit: new IdleTimeoutLimit(),
  };
}

/** While the service is unavailable, every request fails. */
const FAULT_PRINTED_EACH_MS = 10_000;

function faultPrinter(): (error: unknown) => void {
  let printed_at = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (elapsedTime() - printed_at < FAULT_PRINTED_EACH_MS) return;
    printed_at = elapsedTime();
    showMistake(error);
  };
}

/** Returns the check of the option `passive`. Throws a `TypeError` if it is not a function. */
export function passiveOf<R>(options: PassiveOption<R>): (request: R) => boolean {
  const { passive = () => false } = options;
  if (typeof passive === 'function') return passive;
  throw new TypeError('passive is not a function: use (request) => boolean.');
}

function toCookieForm(cookie: UserSessionsOptions['cookie'], development: boolean): CookieForm {
  assertKnownOptions(cookie ?? {}, 'cookie', COOKIE_OPTIONS);
  const { name = development ? 'session' : '__Host-session', same_site = 'Lax' } = cookie ?? {};
  if (!(development ? DEVELOPMENT_NAME : SECURE_NAME).test(name)) {
    const rule = development ? 'a name that does not start with __' : 'a name that starts with __Host-';
    throw new TypeError(`cookie.name is '${name}': use ${rule}, with at most 64 letters, digits, '.', '_' and '-'.`);
  }
  if (same_site !== 'Lax' && same_site !== 'Strict') {
    throw new TypeError(`cookie.same_site is '${same_site}': use 'Lax' or 'Strict'.`);
  }
  return { name, isSecure: !development, same_site };
}

/** Throws a `TypeError` that names the option, unless the lifetime is valid. */
export function checkedLifetime(
  option: string,
  lifetime: CookieLifetime,
  allowed = "'session' or 'persistent'",
): CookieLifetime {
  if (lifetime === 'session' || lifetime === 'persistent') return lifetime;
  throw new TypeError(`${option} is '${lifetime}': use ${allowed}.`);
}

/** Returns an origin as browsers write it: in lower case, and without the default port of the scheme. */
function checkedOrigin(origin: string): string {
  if (/^\w+:\/\/[^/?#@\\\s]+$/.test(origin) && URL.canParse(origin)) {
    const { origin: normal } = new URL(origin);
    if (normal !== 'null') return normal;
  }
  throw new TypeError(`origins contains '${origin}': use scheme, host and port only, such as https://app.example.com.`);
}

function checkedPath(path: string): string {
  if (typeof path === 'string' && /^\/[^?#\s]*$/.test(path)) return path;
  throw new TypeError(`cross_site_paths contains '${path}': use a path only, such as /saml/callback.`);
}
