import { hash } from 'node:crypto';
import { SCOPES, type Scope } from '@pip-sessions/contract/scopes';
import { randomText } from '../../domain/ids.ts';
import { expiryText, parseExpiry } from './key-expiry.ts';

/** A configured API key. The service has only its hash, so the key cannot be read from the service. */
export interface ApiKey {
  /** The name that the operator gave to the key; log lines and errors use it. */
  readonly name: string;
  readonly scope: Scope;
  /** SHA-256 of the key, in hex. A key has 256 random bits, so a fast hash without a salt is sufficient. */
  readonly hash: string;
  /** The time from which on the key is rejected, in milliseconds since 1970; null for none. */
  readonly expires: number | null;
}

const KEY_BYTES = 32;
const NAME = /^[a-z0-9-]{1,40}$/;
const HASH = /^[0-9a-f]{64}$/i;
const FORM = '<name>:<scope>:<SHA-256 of the key in hex>[:<expiry>], as "pip-sessions key" prints it';

/**
 * Creates a key, `psk_<43 base64url characters>`, and its line for the settings. `expires` is in milliseconds since
 * 1970. Throws for a bad name or scope.
 */
export function newApiKey(
  name: string,
  scope: string,
  expires: number | null = null,
): { readonly key: string; readonly configured: string } {
  const key = `psk_${randomText(KEY_BYTES)}`;
  const expiry = expires === null ? '' : `:${expiryText(expires)}`;
  return { key, configured: `${nameFrom(name)}:${scopeFrom(scope, name)}:${hashOf(key)}${expiry}` };
}

/**
 * Parses `<name>:<scope>:<hash>[:<expiry>]`. Throws an error whose message can follow a colon. It repeats nothing of the
 * text but a valid name, because the text may be a key that was set by mistake.
 */
export function parseApiKey(text: string): ApiKey {
  const [nameText, scopeText, hashText, ...rest] = text.split(':');
  if (nameText === undefined || scopeText === undefined || hashText === undefined) {
    throw new Error(`a key must have the form ${FORM}`);
  }
  const name = nameFrom(nameText);
  const scope = scopeFrom(scopeText, name);
  if (!HASH.test(hashText)) {
    throw new Error(`the key ${name} must be set by its SHA-256 in 64 hex digits, not as the key itself`);
  }
  // A time of day has colons too.
  const expires = rest.length === 0 ? null : parseExpiry(rest.join(':'));
  if (expires === null && rest.length > 0) {
    throw new Error(`the expiry of the key ${name} must be a date like 2027-01-31, or 2027-01-31T12:00Z, in UTC`);
  }
  return { name, scope, hash: hashText.toLowerCase(), expires };
}

function nameFrom(text: string): string {
  if (!NAME.test(text)) throw new Error('the name of a key must be 1 to 40 characters of a to z, 0 to 9 and "-"');
  return text;
}

function scopeFrom(text: string, name: string): Scope {
  const scope = SCOPES.find((known) => known === text);
  if (scope === undefined) throw new Error(`the key ${name} must have one of the scopes ${SCOPES.join(', ')}`);
  return scope;
}

/** Parses a list of keys. Each name and each key may occur only once. Throws like `parseApiKey`. */
export function parseApiKeys(items: readonly unknown[]): readonly ApiKey[] {
  return keysIn(items.map((text, index) => ({ at: `entry ${index + 1}`, text })));
}

/** The text of a key, and its place for error messages. */
interface KeyEntry {
  readonly at: string;
  readonly text: unknown;
}

/** Returns the keys that are known already, and those of the entries. Throws like `parseApiKeys`. */
export function keysIn(entries: readonly KeyEntry[], known: readonly ApiKey[] = []): readonly ApiKey[] {
  const keys = [...known];
  for (const { at, text } of entries) {
    try {
      if (typeof text !== 'string') throw new Error(`a key must be a string of the form ${FORM}`);
      const key = parseApiKey(text);
      const same = keys.find((other) => other.name === key.name || other.hash === key.hash);
      if (same?.name === key.name) throw new Error(`the name ${key.name} is already used by an earlier entry`);
      if (same) throw new Error(`${key.name} has the same key as ${same.name}; create a separate key for each name`);
      keys.push(key);
    } catch (error) {
      throw new Error(`is invalid in ${at}: ${(error as Error).message}`);
    }
  }
  return Object.freeze(keys);
}

/** Whether a key is rejected at `now` because of its expiry. */
export function isExpired({ expires }: ApiKey, now: number): boolean {
  return expires !== null && now >= expires;
}

/** A key, and its use in this process. */
export interface UsedKey extends ApiKey {
  /** The time of the last valid request with the key, in milliseconds since 1970; 0 for none. */
  last_used: number;
  /** The number of these requests. */
  uses: number;
}

/** The names of keys that a renewal changed. A key that was replaced under its name is both added and removed. */
export interface KeyChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The scope or the expiry is another one. */
  readonly changed: readonly string[];
}

/**
 * Finds configured keys. A presented key is hashed each time (0.5 µs) and not cached. A cached key would stay in the
 * memory of the process, and appear in memory dumps.
 *
 * The lookup does not need constant time. Its duration shows at most how much of a hash matched, and a caller without
 * the key cannot choose that hash.
 */
export class ApiKeys {
  #byHash: ReadonlyMap<string, UsedKey> = new Map();

  constructor(keys: readonly ApiKey[]) {
    this.replace(keys);
  }

  /** Replaces all keys. A key that stays keeps its uses. Returns what changed. */
  replace(keys: readonly ApiKey[]): KeyChanges {
    const before = this.#byHash;
    const next = keys.map((key) => {
      const { last_used = 0, uses = 0 } = sameIn(before, key) ?? {};
      return { ...key, last_used, uses };
    });
    this.#byHash = new Map(next.map((key) => [key.hash, key]));
    const old = [...before.values()];
    return {
      added: namesOf(next.filter((key) => !sameIn(before, key))),
      removed: namesOf(old.filter((key) => !sameIn(this.#byHash, key))),
      changed: namesOf(next.filter((key) => isChanged(sameIn(before, key), key))),
    };
  }

  /** Returns the configured key for the presented text, also if it has expired; null if there is none. */
  find(presented: string): UsedKey | null {
    return this.#byHash.get(hashOf(presented)) ?? null;
  }

  /** Returns the key of that name, also if it has expired; null if there is none. */
  named(name: string): ApiKey | null {
    return this.#byHash.values().find((key) => key.name === name) ?? null;
  }

  /** The keys, in the order of the settings. */
  get all(): readonly UsedKey[] {
    return [...this.#byHash.values()];
  }
}

function sameIn(keys: ReadonlyMap<string, UsedKey>, { name, hash }: ApiKey): UsedKey | null {
  const key = keys.get(hash);
  return key?.name === name ? key : null;
}

function isChanged(before: ApiKey | null, { scope, expires }: ApiKey): boolean {
  return before !== null && (before.scope !== scope || before.expires !== expires);
}

function namesOf(keys: readonly ApiKey[]): readonly string[] {
  return keys.map(({ name }) => name);
}

/** Returns the SHA-256 of a key, in hex. */
export function hashOf(key: string): string {
  return hash('sha256', key, 'hex');
}
