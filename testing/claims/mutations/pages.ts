import { HTTP, SERVICE } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const REBINDING = 'Pages cannot call what needs no key, not even under a name that leads to it (DNS rebinding)';

/** What pages in a browser may do with the service itself. */
export const PAGES: readonly ClaimMutation[] = [
  {
    claim: REBINDING,
    name: 'only the APIs look where a request comes from',
    test: 'a service without keys',
    file: `${HTTP}/server.ts`,
    find: 'open?.assertAllowed(request);',
    replace: "if (/^.v[12]/.test(request.url ?? '')) open?.assertAllowed(request);",
  },
  {
    claim: REBINDING,
    name: 'a name that begins like loopback is taken for it',
    test: 'without keys, a request needs a host',
    file: `${HTTP}/loopback.ts`,
    find: "(isIPv4(host) && host.startsWith('127.'))",
    replace: "host.startsWith('127.')",
  },
  {
    claim: REBINDING,
    name: 'Sec-Fetch-Site is not looked at',
    test: 'without keys, a request of a page',
    file: `${HTTP}/open-access.ts`,
    find: "if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'origin';",
    replace: '',
  },
  {
    claim: REBINDING,
    name: 'Origin is not looked at',
    test: 'without keys, a request of a page',
    file: `${HTTP}/open-access.ts`,
    find: 'return origin === undefined || ',
    replace: "return origin !== 'of nobody' || ",
  },
  {
    claim: REBINDING,
    name: 'Host is not looked at',
    test: 'no page in a browser',
    file: `${HTTP}/open-access.ts`,
    find: "if (!isOwnHost(host, request, rules)) return 'host';",
    replace: '',
  },
  {
    claim: 'Pages of other origins',
    name: 'every origin may read answers where one may',
    test: 'fault 10',
    file: `${HTTP}/cors.ts`,
    find: 'if (origin === undefined || !this.#origins.has(origin)) return;',
    replace: 'if (origin === undefined) return;',
  },
  {
    claim: 'The reference page',
    name: 'the page may load from everywhere',
    test: 'a browser lets',
    file: `${HTTP}/documents/assets.ts`,
    find: "default-src 'self';",
    replace: 'default-src *;',
  },
  {
    claim: 'The reference page',
    name: 'other pages may frame it',
    test: 'a browser lets',
    file: `${HTTP}/documents/assets.ts`,
    find: "; frame-ancestors 'none'",
    replace: '',
  },
  {
    claim: 'Pages of other origins',
    name: 'the origins of the settings are not used',
    test: 'a service as it is started',
    file: `${SERVICE}/service.ts`,
    find: 'cors_origins: config.cors_origins,',
    replace: 'cors_origins: [],',
  },
  {
    claim: REBINDING,
    name: 'the names of the settings are not used',
    test: 'a service as it is started',
    file: `${SERVICE}/service.ts`,
    find: 'allowed_hosts: [...config.allowed_hosts, config.host],',
    replace: 'allowed_hosts: [config.host],',
  },
];
