import { CLIENT } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const MIDDLEWARE = `${CLIENT}/middleware`;

/** Trims cookie names like `String.trim`, which removes more kinds of white space than browsers do. */
const TRIMMED = {
  name: 'cookie names are trimmed more than browsers trim them',
  file: `${MIDDLEWARE}/cookies/cookies.ts`,
  find: 'withoutSpace(pair, 0, equals) !== name',
  replace: 'pair.slice(0, equals).trim() !== name',
};

/** Treats upgrade requests like safe requests. */
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
      ['ASVS-3.3.1', 'Secure', "isSecure ? '; Secure' : ''", "''"],
      ['ASVS-3.3.2', 'SameSite', '; SameSite=', '; Same='],
      ['ASVS-3.3.4', 'HttpOnly', '; HttpOnly', ''],
    ] as const
  ).map(
    ([id, attribute, find, replace]): ClaimMutation => ({
      id,
      name: `the cookie is without ${attribute}`,
      file: `${MIDDLEWARE}/cookies/cookies.ts`,
      find,
      replace,
    }),
  ),
  {
    id: 'ASVS-3.3.3',
    name: 'the cookie has a name that sibling hosts can set',
    file: `${MIDDLEWARE}/settings.ts`,
    find: "'__Host-session'",
    replace: "'session'",
  },
  {
    id: 'ASVS-14.3.2',
    name: 'a handler may allow caches to store a response with a token',
    test: 'a response that sets',
    file: `${CLIENT}/adapters/node-http.ts`,
    find: 'enforceNoStore(this.#res);',
    replace: 'this.forbidStore();',
  },
  {
    id: 'ASVS-14.3.2',
    name: 'setHeader may set caching headers later',
    test: 'HTTP/1.1: no way',
    file: `${CLIENT}/adapters/node-no-store.ts`,
    find: 'res.setHeader = (name, value) => (isCachingHeader(name) ? res : setHeader.call(res, name, value));',
    replace: '',
  },
  {
    id: 'ASVS-14.3.2',
    name: 'writeHead of HTTP/2 may set caching headers',
    test: 'HTTP/2: no way',
    file: `${CLIENT}/adapters/node-no-store.ts`,
    find: 'input.map(withoutCachingHeaders)',
    replace: 'input',
  },
  {
    id: 'C-01',
    name: 'a sign-in leaves the session of the request live',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: "await this.#end('login');",
    replace: '',
  },
  {
    id: 'C-02',
    name: 'signing out does not end the session',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: 'this.#settings.client.close(current.id, { by: endedBy(current) }).catch(unlessMissing),',
    replace: 'Promise.resolve(),',
  },
  {
    id: 'C-02',
    name: 'signing out leaves the cookie',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: "this.#exchange.setCookie(this.#settings.cookie, cookieLine(this.#settings.cookie, '', 0));",
    replace: '',
  },
  {
    id: 'ASVS-3.5.1',
    name: 'Sec-Fetch-Site is not checked',
    test: 'pages of other sites cannot change',
    file: `${MIDDLEWARE}/origin.ts`,
    find: "const isOwn = site === 'same-origin'",
    replace: "const isOwn = site === 'same-origin' || site === 'cross-site'",
  },
  {
    id: 'ASVS-3.5.1',
    name: "an origin of another host counts as the service's own",
    test: 'pages of other sites cannot change',
    file: `${MIDDLEWARE}/origin.ts`,
    find: '&& parsed.host === normalHost(parsed.protocol, host)',
    replace: '',
  },
  {
    id: 'ASVS-3.5.1',
    name: 'a page of another site signs its visitor in',
    test: 'pages of other sites cannot sign',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: LOGIN_CHECK,
    replace: '',
  },
  { id: 'ASVS-4.4.2', test: 'a WebSocket upgrade', ...SAFE_UPGRADES },
  { id: 'ASVS-4.4.2', test: 'a WebSocket request', ...SAFE_UPGRADES },
  { id: 'ASVS-4.4.2', test: 'in Chromium only a page', ...SAFE_UPGRADES },
  {
    id: 'C-03',
    name: 'X-Forwarded-Host always counts',
    test: 'X-Forwarded-Host counts only with trust_forwarded_host',
    file: `${MIDDLEWARE}/host.ts`,
    find: '(trusts_forwarded_host ? forwardedHost(request) : null) ?? request.host',
    replace: '(trusts_forwarded_host || true ? forwardedHost(request) : null) ?? request.host',
  },
  {
    id: 'C-03',
    name: 'for the development cookie one header with a local host is enough',
    test: 'the development cookie',
    file: `${MIDDLEWARE}/host.ts`,
    find: 'hosts.every((host) => LOOPBACK.test(host))',
    replace: 'hosts.some((host) => LOOPBACK.test(host))',
  },
  {
    id: 'C-04',
    name: 'a page of any site signs its visitor in without permission of the handler',
    test: 'an identity provider',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: LOGIN_CHECK,
    replace: '',
  },
  {
    id: 'C-04',
    name: 'a callback path allows every path',
    test: 'only the callback',
    file: `${MIDDLEWARE}/origin.ts`,
    find: 'rules.cross_site_paths.has(request.path)',
    replace: 'rules.cross_site_paths.size > 0',
  },
  {
    id: 'C-05',
    name: 'any level is enough',
    file: `${MIDDLEWARE}/requirement.ts`,
    find: '(auth_level === null || auth_level < level)',
    replace: 'auth_level === null',
  },
  {
    id: 'C-05',
    name: 'a step-up leaves the old token in the cookie',
    file: `${MIDDLEWARE}/user-session.ts`,
    find: 'this.#hold(rotated.token, kept);',
    replace: '',
  },
  {
    id: 'ASVS-16.5.3',
    name: 'a fault of the service signs the user out',
    file: `${CLIENT}/middleware/authenticate.ts`,
    find: 'return unavailable(settings, error);',
    replace:
      'return error instanceof Error ? entered(settings, exchange, credential, null) : unavailable(settings, error);',
  },
  {
    id: 'C-06',
    name: 'malformed tokens reach the service',
    file: `${MIDDLEWARE}/cookies/credential.ts`,
    find: 'if (token !== null && TOKEN.test(token))',
    replace: 'if (token !== null)',
  },
  {
    id: 'C-06',
    name: 'of two session cookies one counts',
    file: `${MIDDLEWARE}/cookies/cookies.ts`,
    find: 'values.length === 1 ? (values[0] ?? null) : null',
    replace: 'values[0] ?? null',
  },
  { id: 'C-07', test: 'a cookie whose name', ...TRIMMED },
  { id: 'C-07', test: 'a second cookie', ...TRIMMED },
  { id: 'C-07', test: 'Chromium: a cookie', ...TRIMMED },
];
