import { HTTP, PIP_SERVICE, SERVICE } from '../../mutations/text-mutation.ts';
import type { ClaimMutation } from '../claim-mutation.ts';

const PIP_CLOSED = 'The same for Pip.Services components, which ask for no key';
const OPEN_IS_SAID = 'What is open to whom is said at the start';

/** What is open without a key, to whom, and how that is said. */
export const OPEN_ACCESS: readonly ClaimMutation[] = [
  {
    claim: 'no keys (default), on loopback',
    name: 'names that are allowed are refused',
    test: 'a service without keys serves',
    file: `${HTTP}/open-access.ts`,
    find: "return hosts.some((own) => own === name || (own.startsWith('*.') && name.endsWith(own.slice(1))));",
    replace: 'return hosts.length < 0;',
  },
  {
    claim: '`SESSIONS_AUTH=none`',
    name: 'nobody is let in where no keys are wanted',
    test: 'a service that is told',
    file: `${HTTP}/authentication/authenticate.ts`,
    find: 'if (this.#keys === null) return openTo(address);',
    replace: "if (this.#keys === null) throw this.#unauthorized('no_key', address);",
  },
  {
    claim: 'keys',
    name: 'one path more is open',
    test: 'beside keys',
    file: `${HTTP}/server.ts`,
    find: '    ...standardEndpoints(clock, info),',
    replace: "    ...standardEndpoints(clock, info),\n    '/memory': () => ({ status: 200, headers: {}, body: '' }),",
  },
  {
    claim: 'keys',
    name: '/status tells of sessions',
    test: 'what is open beside keys',
    file: `${HTTP}/server.ts`,
    find: 'const endpoints = endpointsOf(options, this.#health);',
    replace:
      "const told = async () => ({ status: 200, headers: {}, body: JSON.stringify(await sessions.scan({}, null, 9)) });\n    const endpoints = { ...endpointsOf(options, this.#health), '/status': told };",
  },
  {
    claim: 'keys and `SESSIONS_V1=open`',
    name: 'API v1 asks for keys when it is to be open',
    test: 'API v1 can be left',
    file: `${HTTP}/server.ts`,
    find: 'access: v1.needs_key ? authenticator : open',
    replace: 'access: authenticator',
  },
  {
    claim: 'keys and `SESSIONS_V1=open`',
    name: 'API v1 cannot be turned off',
    test: 'API v1 can be left',
    file: `${HTTP}/server.ts`,
    find: '    ...(v1 ? [createV1Handler({ ...options, cors, base: v1.base,',
    replace: "    ...(v1 !== undefined ? [createV1Handler({ ...options, cors, base: '/v1/sessions',",
  },
  {
    claim: '`pip-sessions-process` and its components',
    name: 'a process serves every address unless it is told another one',
    test: 'a process serves loopback',
    file: 'packages/pip-service/config/config.yml',
    find: '{{#unless HTTP_HOST}}127.0.0.1{{/unless}}',
    replace: '{{#unless HTTP_HOST}}0.0.0.0{{/unless}}',
  },
  {
    claim: '`pip-sessions-process` and its components',
    name: 'the switch does not reach the components',
    test: 'with the switch',
    file: `${PIP_SERVICE}/process.ts`,
    find: 'config.put(key, parameters[parameter]);',
    replace: 'continue;',
  },
  {
    claim: 'Never open by mistake',
    name: 'a service without keys starts on every address',
    test: 'on an address',
    file: `${SERVICE}/config/checks.ts`,
    find: 'api_keys.length > 0 || isLoopback(host)) return;',
    replace: "api_keys.length > 0 || isLoopback(host) || host !== '') return;",
  },
  {
    claim: PIP_CLOSED,
    name: 'components are open beyond loopback without a switch',
    test: 'beyond loopback a process',
    file: `${PIP_SERVICE}/http-connection.ts`,
    find: "config.getAsBooleanWithDefault('open_to_network', false)",
    replace: "config.getAsBooleanWithDefault('open_to_network', true)",
  },
  {
    claim: PIP_CLOSED,
    name: 'HTTPS alone opens a component to the network',
    test: 'beyond loopback the component',
    file: `${PIP_SERVICE}/http-connection.ts`,
    find: "return protocol === 'https' && textSetting(config, 'credential.ssl_ca_file') !== null;",
    replace: "return protocol === 'https';",
  },
  {
    claim: OPEN_IS_SAID,
    name: 'an open API v1 is not mentioned',
    test: 'one sentence',
    file: `${SERVICE}/config/open-notice.ts`,
    find: "if (v1 !== 'open') return null;",
    replace: "if (v1 !== 'none') return null;",
  },
  {
    claim: OPEN_IS_SAID,
    name: 'the start writes no line of it into the log',
    test: 'a start says',
    file: `${SERVICE}/service.ts`,
    find: "event: 'open_without_key'",
    replace: "event: 'started'",
  },
];
