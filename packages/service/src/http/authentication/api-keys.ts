import { hash } from 'node:crypto';
import { SCOPES, type Scope } from '@pip-sessions/contract/scopes';
import { randomText } from '../../domain/ids.ts';

/** A key as the service knows it: enough to recognise it, not to use it. */
export interface ApiKey {
  /** Who has it, in the operator's words; what log lines and errors say. */
  readonly name: string;
  readonly scope: Scope;
  /** SHA-256 of the key, in hex. A key has 256 random bits, so a quick hash without a salt is enough. */
  readonly hash: string;
}

const KEY_BYTES = 32;
const NAME = /^[a-z0-9-]{1,40}$/;
const HASH = /^[0-9a-f]{64}$/i;
const FORM = '<name>:<scope>:<SHA-256 of the key in hex>, as "pip-sessions key" prints it';

/** A new key, `psk_<43 base64url characters>`, and what to configure for it. Throws for a bad name or scope. */
export function newApiKey(name: string, scope: string): { readonly key: string; readonly configured: string } {
  const key = `psk_${randomText(KEY_BYTES)}`;
  return { key, configured: `${nameFrom(name)}:${scopeFrom(scope, name)}:${hashOf(key)}` };
}

/**
 * Reads `<name>:<scope>:<hash>`. Throws what is wrong with it, in words that go on after a colon and repeat nothing
 * of it but a good name: what stands here by mistake may be the key itself.
 */
export function parseApiKey(text: string): ApiKey {
  const [nameText, scopeText, hashText, ...rest] = text.split(':');
  if (nameText === undefined || scopeText === undefined || hashText === undefined || rest.length > 0) {
    throw new Error(`a key is set as ${FORM}`);
  }
  const name = nameFrom(nameText);
  const scope = scopeFrom(scopeText, name);
  if (!HASH.test(hashText)) {
    throw new Error(`the key ${name} must be set by its SHA-256 in 64 hex digits, not as the key itself`);
  }
  return { name, scope, hash: hashText.toLowerCase() };
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

/** Reads a list of them, in which every name and every key is there once. Throws as `parseApiKey` does. */
export function parseApiKeys(items: readonly unknown[]): readonly ApiKey[] {
  const keys: ApiKey[] = [];
  for (const [index, item] of items.entries()) {
    try {
      if (typeof item !== 'string') throw new Error(`a key is set as a text, ${FORM}`);
      const key = parseApiKey(item);
      const same = keys.find((other) => other.name === key.name || other.hash === key.hash);
      if (same?.name === key.name) throw new Error(`the name ${key.name} is taken by an entry before it`);
      if (same) throw new Error(`${key.name} is the same key as ${same.name}; each needs a key of its own`);
      keys.push(key);
    } catch (error) {
      throw new Error(`is wrong in entry ${index + 1}: ${(error as Error).message}`);
    }
  }
  return Object.freeze(keys);
}

/**
 * The keys that are configured, by what callers present. A presented key is hashed each time (0.5 µs): kept, it would be
 * in the memory of the process, and in a dump of it, for as long as that lives.
 *
 * Nothing is compared in constant time, and nothing has to be: a look-up by hash tells at most how much of a hash
 * matched, and whoever does not know the key cannot choose that hash.
 */
export class ApiKeys {
  readonly #byHash: ReadonlyMap<string, ApiKey>;

  constructor(keys: readonly ApiKey[]) {
    this.#byHash = new Map(keys.map((key) => [key.hash, key]));
  }

  /** The key whose text is presented; null for a text that is no key. */
  find(presented: string): ApiKey | null {
    return this.#byHash.get(hashOf(presented)) ?? null;
  }
}

function hashOf(key: string): string {
  return hash('sha256', key, 'hex');
}
