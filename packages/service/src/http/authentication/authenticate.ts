import type { IncomingMessage } from 'node:http';
import { includesScope, type Scope } from '@pip-sessions/contract/scopes';
import type { Caller } from '../../api/caller.ts';
import { RequestError } from '../../api/error-codes.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import type { AuditLog } from '../../observability/audit/audit-log.ts';
import type { Logger } from '../../observability/log.ts';
import type { IncidentCounts } from '../../observability/metrics/incident-counts.ts';
import { IncidentLog } from '../clients/incident-log.ts';
import { type ApiKey, type ApiKeys, hashOf, isExpired } from './api-keys.ts';
import { FailureLimit } from './failure-limit.ts';

export interface AuthenticatorOptions {
  /** Null for an open service: every caller may do everything. */
  readonly keys: ApiKeys | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** The audit log; absent for none. */
  readonly audit?: AuditLog | null;
  /** A token that gives access to the metrics only; null if there is none. */
  readonly metrics_token?: string | null;
  /** Counts the rejected requests, for the metrics. */
  readonly counts?: IncidentCounts | null;
}

type Presented = { readonly text: string } | { readonly reason: 'no_key' | 'several_headers' | 'malformed_header' };

const CHALLENGE = { 'www-authenticate': 'Bearer realm="sessions"' };

/** RFC 6750, 2.1. Schemes are case-insensitive (RFC 9110, 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

const UNAUTHORIZED_MESSAGES = {
  no_key: 'An API key is required. Send it in the header "Authorization: Bearer <key>".',
  several_headers: 'The request has several Authorization headers; send one.',
  malformed_header: 'The header Authorization must have the form "Bearer <key>".',
  unknown_key: 'The API key is unknown: it is mistyped, or it was removed from the settings.',
} as const;

/**
 * Determines the caller of a request by the API key in the header `Authorization`. A key in the URL is ignored: URLs
 * end up in logs and histories (ASVS 14.2.1).
 */
export class Authenticator {
  readonly #keys: ApiKeys | null;
  readonly #clock: Clock;
  readonly #limit = new FailureLimit();
  readonly #incidents: IncidentLog;
  readonly #metricsTokenHash: string | null;
  /** Requests that need no key: their callers are authenticated by a session of the console. */
  readonly #admitted = new WeakMap<IncomingMessage, Caller>();

  constructor({ keys, clock, log, audit = null, metrics_token = null, counts = null }: AuthenticatorOptions) {
    this.#keys = keys;
    this.#clock = clock;
    this.#metricsTokenHash = metrics_token === null ? null : hashOf(metrics_token);
    this.#incidents = new IncidentLog(log, clock, audit, counts);
  }

  /** The keys; null if the service requires none. */
  get keys(): ApiKeys | null {
    return this.#keys;
  }

  /** Whether requests with the key of this name are still accepted. */
  accepts(name: string): boolean {
    return this.#keys === null || this.validKey(name) !== null;
  }

  /** Whether every caller may do everything. */
  get isOpen(): boolean {
    return this.#keys === null;
  }

  /**
   * Returns the caller of a request. Throws a `RequestError`:
   * - `UNAUTHORIZED` without a valid key, and with one that has expired
   * - `TOO_MANY_REQUESTS` after too many wrong keys from the address
   * - `FORBIDDEN` if the key does not have the scope
   */
  authenticate(request: IncomingMessage, needed: Scope, address: string): Caller {
    if (this.#keys === null) return openTo(address);
    const presented = presentedKey(request);
    if ('text' in presented) return this.authenticateKey(presented.text, needed, address);
    const admitted = this.#admitted.get(request);
    if (admitted && includesScope(admitted.scope, needed)) return admitted;
    throw this.#unauthorized(presented.reason, address);
  }

  /** Returns the caller that has presented a key, as `authenticate` does. */
  authenticateKey(text: string, needed: Scope, address: string): Caller {
    const key = this.#keys?.find(text) ?? null;
    if (key === null) throw this.#unauthorized('unknown_key', address);
    const now = this.#clock.now();
    if (isExpired(key, now)) throw this.#expired(key, address);
    key.last_used = now;
    key.uses += 1;
    this.assertScope(key, needed, address);
    return { key: key.name, scope: key.scope, address };
  }

  /** Throws `FORBIDDEN` if a key does not have the scope. */
  assertScope(key: Pick<ApiKey, 'name' | 'scope'>, needed: Scope, address: string): void {
    if (!includesScope(key.scope, needed)) throw this.#forbidden(key, needed, address);
  }

  /** Returns the key of that name; null if there is none, or if it has expired. */
  validKey(name: string): ApiKey | null {
    const key = this.#keys?.named(name) ?? null;
    return key && !isExpired(key, this.#clock.now()) ? key : null;
  }

  /** From now on `authenticate` accepts this request, which has no key of its own, as one of the caller. */
  admit(request: IncomingMessage, caller: Caller): void {
    this.#admitted.set(request, caller);
  }

  /**
   * Admits a request for the metrics: with the metrics token, or with a key of scope `validate`. A service without keys
   * requires the token, if one is set. Throws as `authenticate` does.
   */
  authenticateScrape(request: IncomingMessage, address: string): void {
    if (this.#metricsTokenHash !== null) {
      const presented = presentedKey(request);
      // The texts that are compared are hashes, so the duration shows nothing about the token.
      if ('text' in presented && hashOf(presented.text) === this.#metricsTokenHash) return;
      if (this.#keys === null) {
        throw this.#unauthorized('reason' in presented ? presented.reason : 'unknown_key', address);
      }
    }
    this.authenticate(request, 'validate', address);
  }

  #unauthorized(reason: keyof typeof UNAUTHORIZED_MESSAGES, address: string): RequestError {
    const now = this.#clock.now();
    // A request without a key guesses nothing. It is always a 401, which says how to send a key.
    const retry_after_s = reason === 'no_key' ? null : this.#limit.count(address, now);
    const error = retry_after_s === null ? unauthorized(reason) : tooManyRequests(retry_after_s);
    this.#incidents.write({ event: 'authentication_failed', code: error.code, reason }, address);
    return error;
  }

  /** A caller with an expired key guesses nothing: it is not a failure that `FailureLimit` counts. */
  #expired({ name, expires }: ApiKey, address: string): RequestError {
    const message = `The API key ${name} has expired: it was valid until ${isoTime(Number(expires))}. Use a new key.`;
    const about = { code: 'UNAUTHORIZED', reason: 'expired_key', key: name } as const;
    this.#incidents.write({ event: 'authentication_failed', ...about }, address);
    return new RequestError(about.code, message, CHALLENGE);
  }

  #forbidden({ name, scope }: Pick<ApiKey, 'name' | 'scope'>, needed: Scope, address: string): RequestError {
    const message = `The request requires an API key with scope ${needed}; the key ${name} has scope ${scope}.`;
    const error = new RequestError('FORBIDDEN', message);
    const incident = { event: 'authorization_failed', code: error.code, key: name, needed } as const;
    this.#incidents.write(incident, address);
    return error;
  }
}

/** Returns the caller of a request that requires no key. */
export function openTo(address: string): Caller {
  return { key: null, scope: 'admin', address };
}

function unauthorized(reason: keyof typeof UNAUTHORIZED_MESSAGES): RequestError {
  return new RequestError('UNAUTHORIZED', UNAUTHORIZED_MESSAGES[reason], CHALLENGE);
}

function tooManyRequests(retry_after_s: number): RequestError {
  const message = `Too many wrong API keys were sent from this address. Retry after ${retry_after_s} s.`;
  return new RequestError('TOO_MANY_REQUESTS', message, { 'retry-after': String(retry_after_s) });
}

function presentedKey({ headers: { authorization }, rawHeaders }: IncomingMessage): Presented {
  if (authorization === undefined) return { reason: 'no_key' };
  // Node keeps the first of several headers, but a proxy before the service may have checked the last one.
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
