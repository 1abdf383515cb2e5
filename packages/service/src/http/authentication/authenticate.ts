import type { IncomingMessage } from 'node:http';
import { includesScope, type Scope } from '@pip-sessions/contract/scopes';
import type { Caller } from '../../api/caller.ts';
import { RequestError } from '../../api/error-codes.ts';
import type { Clock } from '../../domain/time/clock.ts';
import type { Logger } from '../../observability/log.ts';
import { IncidentLog } from '../clients/incident-log.ts';
import type { ApiKey, ApiKeys } from './api-keys.ts';
import { FailureLimit } from './failure-limit.ts';

export interface AuthenticatorOptions {
  /** Null for a service that is open: everybody may do everything. */
  readonly keys: ApiKeys | null;
  readonly clock: Clock;
  readonly log: Logger;
}

type Presented = { readonly text: string } | { readonly reason: 'no_key' | 'several_headers' | 'malformed_header' };

const CHALLENGE = { 'www-authenticate': 'Bearer realm="sessions"' };

/** RFC 6750, 2.1. Schemes are case-insensitive (RFC 9110, 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

const UNAUTHORIZED_MESSAGES = {
  no_key: 'An API key is needed: send it in the header "Authorization: Bearer <key>".',
  several_headers: 'The request has several Authorization headers; send one.',
  malformed_header: 'The header should be "Authorization: Bearer <key>".',
  unknown_key: 'The API key is not one of this service: it is mistyped, or was taken out of SESSIONS_API_KEYS.',
} as const;

/**
 * Who calls, by the API key in the header `Authorization`. A key in the URL is not read: URLs end up in logs and in
 * histories (ASVS 14.2.1).
 */
export class Authenticator {
  readonly #keys: ApiKeys | null;
  readonly #clock: Clock;
  readonly #limit = new FailureLimit();
  readonly #incidents: IncidentLog;

  constructor({ keys, clock, log }: AuthenticatorOptions) {
    this.#keys = keys;
    this.#clock = clock;
    this.#incidents = new IncidentLog(log, clock);
  }

  /** Whether everybody may do everything. */
  get isOpen(): boolean {
    return this.#keys === null;
  }

  /**
   * The caller of a request whose key has the scope. Throws a `RequestError`: `UNAUTHORIZED` without a valid key,
   * `TOO_MANY_REQUESTS` when too many wrong ones came from the address, `FORBIDDEN` when the scope is too small.
   */
  authenticate(request: IncomingMessage, needed: Scope, address: string): Caller {
    if (this.#keys === null) return openTo(address);
    const presented = presentedKey(request);
    if ('reason' in presented) throw this.#unauthorized(presented.reason, address);
    const key = this.#keys.find(presented.text);
    if (key === null) throw this.#unauthorized('unknown_key', address);
    if (!includesScope(key.scope, needed)) throw this.#forbidden(key, needed, address);
    return { key: key.name, scope: key.scope, address };
  }

  #unauthorized(reason: keyof typeof UNAUTHORIZED_MESSAGES, address: string): RequestError {
    const now = this.#clock.now();
    // Who presents nothing guesses nothing: it stays a 401, which says what to do.
    const retry_after_s = reason === 'no_key' ? null : this.#limit.count(address, now);
    const error = retry_after_s === null ? unauthorized(reason) : tooManyRequests(retry_after_s);
    this.#incidents.write({ event: 'authentication_failed', code: error.code, reason }, address);
    return error;
  }

  #forbidden({ name, scope }: ApiKey, needed: Scope, address: string): RequestError {
    const message = `This needs an API key of scope ${needed}; the key ${name} has the scope ${scope}.`;
    const error = new RequestError('FORBIDDEN', message);
    const incident = { event: 'authorization_failed', code: error.code, key: name, needed } as const;
    this.#incidents.write(incident, address);
    return error;
  }
}

/** The caller of what needs no key. */
export function openTo(address: string): Caller {
  return { key: null, scope: 'admin', address };
}

function unauthorized(reason: keyof typeof UNAUTHORIZED_MESSAGES): RequestError {
  return new RequestError('UNAUTHORIZED', UNAUTHORIZED_MESSAGES[reason], CHALLENGE);
}

function tooManyRequests(retry_after_s: number): RequestError {
  const message = `Too many wrong API keys came from this address; try again in ${retry_after_s} s.`;
  return new RequestError('TOO_MANY_REQUESTS', message, { 'retry-after': String(retry_after_s) });
}

function presentedKey({ headers: { authorization }, rawHeaders }: IncomingMessage): Presented {
  if (authorization === undefined) return { reason: 'no_key' };
  // Node keeps the first of several, and whoever is in front of the service may have looked at the last.
  if (hasSeveral(rawHeaders, 'authorization')) return { reason: 'several_headers' };
  const text = BEARER.exec(authorization)?.[1];
  return text === undefined ? { reason: 'malformed_header' } : { text };
}

function hasSeveral(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index];
    if (raw?.length === name.length && raw.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
