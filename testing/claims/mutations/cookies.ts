import { CLIENT } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const MIDDLEWARE = `${CLIENT}/middleware`;
const COOKIE = '3.3.1 to 3.3.4 `__Host-`, `Secure`, `HttpOnly`, `SameSite`';
const NOT_STORED = '14.3.2 responses with a token are stored by no cache';
const OTHER_SITES = '3.5.1 to 3.5.3 requests of other sites';
const SOCKETS = '4.4.2 WebSockets of other sites';
const PROXIES = 'Hosts that a proxy names';
const PROVIDERS = 'Sign-ins that an identity provider posts';
const PLANTED = 'Cookies that neighbouring hosts plant';

/** White space that no browser leaves out around a name is left out, as `String.trim` does. */
const TRIMMED = {
  name: 'names of cookies are trimmed of more than browsers trim',
  file: `${MIDDLEWARE}/cookies.ts`,
  find: 'withoutSpace(pair, 0, equals) !== name',
  replace: 'pair.slice(0, equals).trim() !== name',
};

/** Upgrades are taken for requests that change nothing. */
const SAFE_UPGRADES = {
  name: 'a page of any site opens a WebSocket with the cookie',
  file: `${MIDDLEWARE}/origin.ts`,
  find: "return /^websocket$/i.test(request.header('upgrade') ?? '');",
  replace: 'return request.method === "";',
};

const LOGIN_CHECK =
  "if (lifetime !== 'none' && !allow_cross_site && isForged(this.#exchange, origin_rules)) throw crossSiteRequest();";

export const COOKIES: readonly ClaimMutation[] = [
  ...(
    [
      ['HttpOnly', '; HttpOnly', ''],
      ['Secure', "isSecure ? '; Secure' : ''", "''"],
      ['SameSite', '; SameSite=', '; Same='],
    ] as const
  ).map(
    ([attribute, find, replace]): ClaimMutation => ({
      claim: COOKIE,
      name: `the cookie is without ${attribute}`,
      test: 'who signs in',
      file: `${MIDDLEWARE}/cookies.ts`,
      find,
      replace,
    }),
  ),
  {
    claim: COOKIE,
    name: 'the cookie has a name that neighbours can set',
    test: 'who signs in',
    file: `${MIDDLEWARE}/settings.ts`,
    find: "'__Host-session'",
    replace: "'session'",
  },
  {
    claim: NOT_STORED,
    name: 'a handler may let a response with a token be stored',
    test: 'a response that sets',
    file: `${CLIENT}/adapters/node-http.ts`,
    find: 'enforceNoStore(this.#res);',
    replace: 'this.forbidStore();',
  },
  {
    claim: NOT_STORED,
    name: 'setHeader may set caching headers later',
    test: 'no way to set headers',
    file: `${CLIENT}/adapters/node-no-store.ts`,
    find: 'res.setHeader = (name, value) => (isCachingHeader(name) ? res : setHeader.call(res, name, value));',
    replace: '',
  },
  {
    claim: NOT_STORED,
    name: 'writeHead of HTTP/2 may set caching headers',
    test: 'nor does one over',
    file: `${CLIENT}/adapters/node-no-store.ts`,
    find: 'input.map(withoutCachingHeaders)',
    replace: 'input',
  },
  {
    claim: '7.2.4 no fixation',
    name: 'signing in leaves the presented session live',
    test: 'signing in again',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: "await this.#end('login');",
    replace: '',
  },
  {
    claim: '7.4.1 signing out',
    name: 'signing out does not end the session',
    test: 'signing out ends',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: 'await attempt(this.#settings, () => this.#settings.client.close(current.id).catch(unlessMissing));',
    replace: '',
  },
  {
    claim: '7.4.1 signing out',
    name: 'signing out leaves the cookie',
    test: 'signing out ends',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: "this.#exchange.setCookie(this.#settings.cookie, cookieLine(this.#settings.cookie, '', 0));",
    replace: '',
  },
  {
    claim: OTHER_SITES,
    name: 'Sec-Fetch-Site is not looked at',
    test: 'pages of other sites change',
    file: `${MIDDLEWARE}/origin.ts`,
    find: "const isOwn = site === 'same-origin'",
    replace: "const isOwn = site === 'same-origin' || site === 'cross-site'",
  },
  {
    claim: OTHER_SITES,
    name: 'an origin of another host is taken for the own',
    test: 'pages of other sites change',
    file: `${MIDDLEWARE}/origin.ts`,
    find: '&& parsed.host === normalHost(parsed.protocol, host)',
    replace: '',
  },
  {
    claim: OTHER_SITES,
    name: 'a page of another site signs its visitor in',
    test: 'pages of other sites cannot',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: LOGIN_CHECK,
    replace: '',
  },
  { claim: SOCKETS, test: 'an upgrade is taken', ...SAFE_UPGRADES },
  { claim: SOCKETS, test: 'a WebSocket of a page', ...SAFE_UPGRADES },
  { claim: SOCKETS, test: 'in Chromium a page opens', ...SAFE_UPGRADES },
  {
    claim: PROXIES,
    name: 'X-Forwarded-Host counts always',
    test: 'what a proxy says',
    file: `${MIDDLEWARE}/host.ts`,
    find: '(trusts_forwarded_host ? forwardedHost(request) : null) ?? request.host',
    replace: '(trusts_forwarded_host || true ? forwardedHost(request) : null) ?? request.host',
  },
  {
    claim: PROXIES,
    name: 'the cookie of development needs one header that names the machine',
    test: 'the cookie of development',
    file: `${MIDDLEWARE}/host.ts`,
    find: 'hosts.every((host) => LOOPBACK.test(host))',
    replace: 'hosts.some((host) => LOOPBACK.test(host))',
  },
  {
    claim: PROVIDERS,
    name: 'a page of any site signs its visitor in, also where the handler does not allow it',
    test: 'an identity provider may',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: LOGIN_CHECK,
    replace: '',
  },
  {
    claim: PROVIDERS,
    name: 'the path of a callback opens every path',
    test: 'the path of a callback',
    file: `${MIDDLEWARE}/origin.ts`,
    find: 'rules.cross_site_paths.has(request.path)',
    replace: 'rules.cross_site_paths.size > 0',
  },
  {
    claim: '7.5.3 step-up',
    name: 'any level is enough',
    test: 'what needs a stronger',
    file: `${MIDDLEWARE}/requirement.ts`,
    find: '(auth_level === null || auth_level < level)',
    replace: 'auth_level === null',
  },
  {
    claim: '7.5.3 step-up',
    name: 'a step-up leaves the old token in the cookie',
    test: 'what needs a stronger',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: 'this.#hold(rotated.token, kept);',
    replace: '',
  },
  {
    claim: '16.5.3 a fault signs nobody in or out',
    name: 'a fault of the service signs the user out',
    test: 'while the service is away',
    file: `${CLIENT}/middleware/authenticate.ts`,
    find: 'return unavailable(settings, error);',
    replace:
      'return error instanceof Error ? entered(settings, exchange, credential, null) : unavailable(settings, error);',
  },
  {
    claim: 'Forged cookies',
    name: 'tokens of any form reach the service',
    test: 'tokens of another form',
    file: `${MIDDLEWARE}/credential.ts`,
    find: 'if (token !== null && TOKEN.test(token))',
    replace: 'if (token !== null)',
  },
  {
    claim: 'Forged cookies',
    name: 'of two cookies of the name one counts',
    test: 'tokens of another form',
    file: `${MIDDLEWARE}/cookies.ts`,
    find: 'values.length === 1 ? (values[0] ?? null) : null',
    replace: 'values[0] ?? null',
  },
  { claim: PLANTED, test: 'a cookie whose name', ...TRIMMED },
  { claim: PLANTED, test: 'beside the session’s', ...TRIMMED },
  { claim: PLANTED, test: 'a cookie that a neighbouring', ...TRIMMED },
];
