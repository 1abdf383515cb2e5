import { createHmac, hash } from 'node:crypto';
import { randomText } from '../ids.ts';

/**
 * A secret is 43 characters of base64url: 22 random ones, 132 bits (ASVS 7.2.3 requires 128), and 21 of a checksum. The
 * checksum is a hash of the random part with a key of the session, its lineage. With the lineage the service recognises
 * every secret that it has ever issued for a session, without storing them. The lineage alone does not give a valid
 * secret: the store also has the SHA-256 of valid secrets only.
 */
const RANDOM_LENGTH = 22;
const CHECK_LENGTH = 21;

const LINEAGE_BYTES = 16;
const NONCE_BYTES = 16;
/** Enough bytes for the random part; a few bits are not used. */
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
 * Returns the secret that follows from a key and a nonce, by HMAC-SHA256. The key is the previous secret or an
 * idempotency key. Every caller with the same key gets the same secret. The store, which has only the nonce, cannot
 * compute it.
 */
export function successor(key: string, nonce: string, lineage: string): string {
  return checked(createHmac('sha256', key).update(nonce).digest('base64url').slice(0, RANDOM_LENGTH), lineage);
}

/** Whether a secret was ever issued for the session with this lineage. */
export function isOfLineage(secret: string, lineage: string): boolean {
  return secret === checked(secret.slice(0, RANDOM_LENGTH), lineage);
}

/**
 * Returns the lineage of a session; empty for a session of an older version, of which only recent secrets are
 * recognised.
 */
export function lineageOf({ token }: { readonly token: { readonly lineage: string | null } | null }): string {
  return token?.lineage ?? '';
}

/** Returns the hash of a secret for the store. A fast hash is sufficient, because a secret has 132 random bits. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

function checked(random: string, lineage: string): string {
  return random + hash('sha256', lineage + random, 'base64url').slice(0, CHECK_LENGTH);
}
