import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Scope } from '@pip-sessions/contract/scopes';
import type { Caller } from '../api/caller.ts';
import { RequestError } from '../api/error-codes.ts';
import { openTo } from './authentication/authenticate.ts';
import type { IncidentLog } from './clients/incident-log.ts';
import { isLoopback } from './loopback.ts';

/** The parts of a request that show its origin and its host. */
export interface Provenance {
  /** The header `Host`. */
  readonly host: string | undefined;
  /** The target of the request: a path, or a whole URL, whose host is checked too (RFC 9112, 3.2.2). */
  readonly target: string;
  /** The header `Origin`. */
  readonly origin: string | undefined;
  /** The header `Sec-Fetch-Site`, which browsers set and pages cannot change. */
  readonly site: string | undefined;
  /** The local address of the connection. */
  readonly local_address: string | undefined;
}

export interface OpenAccessRules {
  /**
   * Host names of the service in addition to those of loopback, in lower case; `*.example.com` matches every name
   * below.
   */
  readonly hosts: readonly string[];
  /** Origins whose pages may call the service. */
  readonly origins: ReadonlySet<string>;
  readonly protocol: 'http' | 'https';
}

/**
 * Returns why a request without a key is rejected; null if it is allowed.
 *
 * Every page in the user's browser can send requests to loopback, where the address does not identify the caller. After
 * DNS rebinding, a page still sends its own name as `Host`. A page of another origin is recognised by `Origin`, or by
 * `Sec-Fetch-Site` if the browser sends no `Origin`.
 */
export function rejectionReasonOf(request: Provenance, rules: OpenAccessRules): 'host' | 'origin' | null {
  const { host, target, origin, site } = request;
  if (!isOwnHost(host, request, rules)) return 'host';
  if (!target.startsWith('/') && target !== '*' && !isOwnHost(hostOfUrl(target), request, rules)) return 'host';
  if (origin !== undefined && rules.origins.has(origin)) return null;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'origin';
  return origin === undefined || origin === `${rules.protocol}://${host}` ? null : 'origin';
}

/** A name, or an address in brackets, with an optional port. */
const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|(\w[\w.-]*))(?::\d{1,5})?$/;
const IPV4_MAPPED = /^::ffff:(?=\d+\.)/;

function isOwnHost(host: string | undefined, { local_address = '' }: Provenance, { hosts }: OpenAccessRules): boolean {
  const [, address, name = address] = AUTHORITY.exec(host?.toLowerCase() ?? '') ?? [];
  if (name === undefined) return false;
  if (isLoopback(name) || name.endsWith('.localhost')) return true;
  // DNS rebinding needs a name, so the local address of the connection is safe.
  if (isIP(name) !== 0 && name === local_address.replace(IPV4_MAPPED, '')) return true;
  return hosts.some((own) => own === name || (own.startsWith('*.') && name.endsWith(own.slice(1))));
}

function hostOfUrl(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

export interface OpenAccessOptions {
  readonly allowed_hosts: readonly string[];
  readonly cors_origins: readonly string[];
  readonly protocol: 'http' | 'https';
  readonly incidents: IncidentLog;
}

/** Checks each request to a route that requires no key. */
export class OpenAccess {
  readonly #rules: OpenAccessRules;
  readonly #incidents: IncidentLog;
  /** The last header that was allowed: most callers send the same one. */
  #host: string | undefined;

  constructor({ allowed_hosts, cors_origins, protocol, incidents }: OpenAccessOptions) {
    this.#incidents = incidents;
    const hosts = allowed_hosts.map((host) => host.toLowerCase());
    this.#rules = { hosts, origins: new Set(cors_origins), protocol };
  }

  /** Returns the caller, like an `Authenticator`. Throws if the request is rejected. */
  authenticate(request: IncomingMessage, _needed: Scope, address: string): Caller {
    this.assertAllowed(request);
    return openTo(address);
  }

  /** Throws `FORBIDDEN` for a request with a host or an origin that is not allowed. */
  assertAllowed({ headers, url = '', socket }: IncomingMessage): void {
    const { host, origin, 'sec-fetch-site': site } = headers;
    const isPlain = origin === undefined && site === undefined && url.startsWith('/');
    if (isPlain && host !== undefined && host === this.#host) return;
    const local_address = socket.localAddress;
    // Several headers of one name do not match any allowed value.
    const reason = rejectionReasonOf({ host, target: url, origin, site: site?.toString(), local_address }, this.#rules);
    if (reason !== null) {
      this.#incidents.write({ event: 'page_refused', reason }, socket.remoteAddress ?? '');
      throw refused(reason, reason === 'host' ? host : origin);
    }
    this.#host = host;
  }
}

const SHOWN_LENGTH_MAX = 100;

function refused(what: 'host' | 'origin', value: string | undefined): RequestError {
  const shown = value === undefined ? 'is missing' : `is ${JSON.stringify(value.slice(0, SHOWN_LENGTH_MAX))}`;
  return new RequestError('FORBIDDEN', MESSAGES[what](shown));
}

const MESSAGES = {
  host: (shown: string) =>
    `The header Host ${shown}. No API key is required here, so the host must be localhost, a loopback address or a ` +
    'name in the setting allowed_hosts (SESSIONS_ALLOWED_HOSTS).',
  origin: (shown: string) =>
    `The request is from a page of another origin: the header Origin ${shown}. No API key is required here, so the ` +
    'origin must be in the setting cors_origins (SESSIONS_CORS_ORIGINS).',
};
