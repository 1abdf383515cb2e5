import { createHmac, hash } from 'node:crypto';
import { randomText } from '../ids.ts';

/**
 * A secret is 43 characters of base64url: 22 that are random, 132 bits (ASVS 7.2.3 wants 128), and 21 that check them. The
 * check is a hash of the random part under a key of the session, its lineage. With it the service recognises each
 * secret that it has ever given out for a session, however many there were, without keeping any. The key makes no
 * secret: of a secret that is good, the store has a SHA-256 only.
 */
const RANDOM_LENGTH = 22;
const CHECK_LENGTH = 21;

const LINEAGE_BYTES = 16;
const NONCE_BYTES = 16;
/** As many as give the random part, and a few bits more. */
const RANDOM_BYTES = 17;

export function newLineage(): string {
  return randomText(LINEAGE_BYTES);
}

export function newNonce(): string {
  return randomText(NONCE_BYTES);
}

export function newSecret(lineage: string): string {
  return checked(randomText(RANDOM_BYTES).slice(0, RANDOM_LENGTH), lineage);
}

/**
 * The secret that follows from a key, which is the secret before it or a caller's idempotency key, and from a nonce:
 * HMAC-SHA256. Everyone who presents the same key gets the same secret. The store, which has the nonce alone, gets none.
 */
export function successor(key: string, nonce: string, lineage: string): string {
  return checked(createHmac('sha256', key).update(nonce).digest('base64url').slice(0, RANDOM_LENGTH), lineage);
}

/** Whether a secret was given out for the session of this lineage, at any time. */
export function isOfLineage(secret: string, lineage: string): boolean {
  return secret === checked(secret.slice(0, RANDOM_LENGTH), lineage);
}

/** Of a session from before there were lineages, secrets are checked under an empty one, and only recent ones are known. */
export function lineageOf({ token }: { readonly token: { readonly lineage: string | null } | null }): string {
  return token?.lineage ?? '';
}

/** What a store may keep of a secret. It has 132 random bits, so a quick hash is enough. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

function checked(random: string, lineage: string): string {
  return random + hash('sha256', lineage + random, 'base64url').slice(0, CHECK_LENGTH);
}
