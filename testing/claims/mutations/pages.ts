import { HTTP, SERVICE } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

/** Requests of web pages to the service itself. */
export const PAGES: readonly ClaimMutation[] = [
  {
    id: 'K-07',
    name: 'only the APIs check the origin of a request',
    test: 'without keys, every',
    file: `${HTTP}/server.ts`,
    find: 'open?.assertAllowed(request);',
    replace: "if (/^.v[12]/.test(request.url ?? '')) open?.assertAllowed(request);",
  },
  {
    id: 'K-07',
    name: 'a host name that begins with "127." counts as loopback',
    test: 'without keys, the Host',
    file: `${HTTP}/loopback.ts`,
    find: "(isIPv4(host) && host.startsWith('127.'))",
    replace: "host.startsWith('127.')",
  },
  {
    id: 'K-07',
    name: 'Sec-Fetch-Site is not checked',
    test: 'without keys, a page',
    file: `${HTTP}/open-access.ts`,
    find: "if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'origin';",
    replace: '',
  },
  {
    id: 'K-07',
    name: 'Origin is not checked',
    test: 'without keys, a page',
    file: `${HTTP}/open-access.ts`,
    find: 'return origin === undefined || ',
    replace: "return origin !== 'of nobody' || ",
  },
  {
    id: 'K-07',
    name: 'Host is not checked',
    test: 'in a browser',
    file: `${HTTP}/open-access.ts`,
    find: "if (!isOwnHost(host, request, rules)) return 'host';",
    replace: '',
  },
  {
    id: 'K-08',
    name: 'every origin may read responses if one may',
    test: 'fault 10: pages',
    file: `${HTTP}/cors.ts`,
    find: 'if (origin === undefined || !this.#origins.has(origin)) return;',
    replace: 'if (origin === undefined) return;',
  },
  {
    id: 'K-09',
    name: 'the page may load from any host',
    file: `${HTTP}/documents/assets.ts`,
    find: "default-src 'self';",
    replace: 'default-src *;',
  },
  {
    id: 'K-09',
    name: 'other pages may frame it',
    file: `${HTTP}/documents/assets.ts`,
    find: "; frame-ancestors 'none'",
    replace: '',
  },
  {
    id: 'K-08',
    name: 'the origins in the settings are not used',
    test: 'a started service',
    file: `${SERVICE}/service.ts`,
    find: 'cors_origins: config.cors_origins,',
    replace: 'cors_origins: [],',
  },
  {
    id: 'K-07',
    name: 'the hosts in the settings are not used',
    test: 'a started service',
    file: `${SERVICE}/service.ts`,
    find: 'allowed_hosts: [...config.allowed_hosts, config.host],',
    replace: 'allowed_hosts: [config.host],',
  },
];
