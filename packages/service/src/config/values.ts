import { isIP } from 'node:net';
import { SessionsError } from '../domain/errors.ts';
import { type ApiKey, parseApiKeys } from '../http/authentication/api-keys.ts';

/**
 * Converts a string or a YAML value to the value of a setting. Throws an error whose message continues a sentence that
 * begins with the name of the setting.
 */
export type Reader<T> = (input: unknown) => T;

export function text(input: unknown): string {
  if (typeof input !== 'string' || input === '') throw new Error('must be a non-empty string');
  return input;
}

/** Checks only the form; `createStore` checks the scheme. */
export function storeUrl(input: unknown): string {
  if (typeof input !== 'string' || !/^[a-z]+:/.test(input)) {
    throw new Error('must be a URL like sqlite:data/sessions.db, postgres://…, redis://… or memory:');
  }
  return input;
}

/** Where the audit log is written. */
export function auditTarget(input: unknown): string {
  if (typeof input !== 'string' || !/^(stdout|file:.+)$/s.test(input)) throw new Error('must be file:<path> or stdout');
  return input;
}

/** `unit` is in the error, such as `seconds`. */
export function whole(min: number, max: number, unit = ''): Reader<number> {
  return (input) => {
    const number = typeof input === 'string' && /^\d+$/.test(input) ? Number(input) : input;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
      throw new Error(`must be a whole number ${unit && `of ${unit} `}from ${min} to ${max}`);
    }
    return number;
  };
}

export function oneOf<T extends string>(values: readonly T[]): Reader<T> {
  return (input) => {
    const value = values.find((known) => known === input);
    if (value === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return value;
  };
}

export function origins(input: unknown): readonly string[] {
  const list = listOf('origins', input);
  return Object.freeze(
    list.map((origin) => {
      if (typeof origin !== 'string' || !URL.canParse(origin) || new URL(origin).origin !== origin) {
        throw new Error('must list origins like https://app.example.com');
      }
      return origin;
    }),
  );
}

/** A host name without a port; `*.example.com` matches every name below `example.com`. */
const HOST_NAME = /^(?:\*\.)?[a-z0-9_][a-z0-9_.-]*$/;

export function hostNames(input: unknown): readonly string[] {
  const list = listOf('host names', input);
  return Object.freeze(
    list.map((item) => {
      const name = typeof item === 'string' ? item.toLowerCase() : '';
      if (HOST_NAME.test(name) || isIP(name) !== 0) return name;
      throw new Error('must list host names like sessions.internal or *.internal, or addresses, without a port');
    }),
  );
}

export function apiKeys(input: unknown): readonly ApiKey[] {
  const list = listOf('API keys', input);
  // An empty value may be a secret that was not filled in. It must not open the service.
  if (typeof input === 'string' && list.length === 0) {
    throw new Error('is set but has no key: remove the setting for a service without keys');
  }
  return parseApiKeys(list);
}

const TOKEN_LENGTH_MIN = 16;
const TOKEN_LENGTH_MAX = 1_024;

/** A text that can be sent as a Bearer token (RFC 6750, 2.1). */
export function bearerToken(input: unknown): string {
  const isToken = typeof input === 'string' && /^[\w.~+/-]+=*$/.test(input);
  if (isToken && input.length >= TOKEN_LENGTH_MIN && input.length <= TOKEN_LENGTH_MAX) return input;
  throw new Error(
    `must have ${TOKEN_LENGTH_MIN} to ${TOKEN_LENGTH_MAX} characters of A to Z, a to z, 0 to 9 and -._~+/`,
  );
}

/** Returns a list, given as a YAML list or as a string separated by commas. */
function listOf(items: string, input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  if (typeof input !== 'string') throw new Error(`must be a list of ${items}`);
  return input
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

export function invalidConfig(message: string, setting: string): SessionsError {
  return new SessionsError('INVALID_CONFIG', message, { details: { setting } });
}
