import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { randomText } from './ids.ts';

/** What a session knows of the secrets that it was given out with: enough to recognise them, not to make them. */
export interface TokenState {
  /** SHA-256 of the secret of the present token, in hex. */
  readonly hash: string;
  /** Of a session whose opening can be repeated: the secret it began with follows from the caller's key and this. */
  readonly open_nonce: string | null;
  /** The secrets before, the latest first, at most `PAST_SECRETS_MAX`. */
  readonly past: readonly PastSecret[];
}

/** A secret that was rotated. Whoever holds it can make its successor from the nonce; the store cannot. */
interface PastSecret {
  readonly hash: string;
  readonly nonce: string;
  /** From this moment on, its use means that it has come into other hands. */
  readonly grace_until: number;
}

/** A token that is older still is unknown: it opens nothing, and it closes nothing either. */
export const PAST_SECRETS_MAX = 8;

const SECRET_BYTES = 32;
const NONCE_BYTES = 16;

const PREFIX = 'ps_';
const ID_END = PREFIX.length + 36;
const TOKEN_LENGTH = ID_END + 1 + 43;

export interface ParsedToken {
  readonly id: string;
  readonly secret: string;
}

/** `ps_<id>_<secret>`; null for what has another form. Whether they are good is for the store and `judge` to say. */
export function parseToken(token: string): ParsedToken | null {
  if (token.length !== TOKEN_LENGTH || !token.startsWith(PREFIX) || token[ID_END] !== '_') return null;
  return { id: token.slice(PREFIX.length, ID_END), secret: token.slice(ID_END + 1) };
}

export function tokenOf(id: string, secret: string): string {
  return `ps_${id}_${secret}`;
}

/** 256 random bits (ASVS 7.2.3 wants 128), as 43 characters. */
export function newSecret(): string {
  return randomText(SECRET_BYTES);
}

export function newNonce(): string {
  return randomText(NONCE_BYTES);
}

/**
 * The secret that follows from one and a nonce: HMAC-SHA256 with the secret as its key. Everyone who presents the
 * same old secret gets the same new one, and the store, which has the nonce alone, gets none.
 */
export function successor(secret: string, nonce: string): string {
  return createHmac('sha256', secret).update(nonce).digest('base64url');
}

/** What a store may keep of a secret. It has 256 random bits, so a quick hash is enough. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** What a presented secret is to a session. */
export type Presented =
  | { readonly is: 'current' }
  /** Rotated a moment ago: a parallel request, or one whose answer was lost. */
  | { readonly is: 'recent'; readonly nonce: string }
  /** Rotated, and used after the grace. */
  | { readonly is: 'reused' }
  | { readonly is: 'unknown' };

const UNKNOWN: Presented = { is: 'unknown' };
const CURRENT: Presented = { is: 'current' };

/** Compares in a time that does not depend on where hashes differ. */
export function judge({ token }: { readonly token: TokenState | null }, secret: string, now: number): Presented {
  if (token === null) return UNKNOWN;
  const presented = hashSecret(secret);
  if (isSame(presented, token.hash)) return CURRENT;
  const past = token.past.find((candidate) => isSame(presented, candidate.hash));
  if (!past) return UNKNOWN;
  return now < past.grace_until ? { is: 'recent', nonce: past.nonce } : { is: 'reused' };
}

const HASH_LENGTH = 64;
/** For `isSame` alone, which nothing can come between. */
const left = Buffer.alloc(HASH_LENGTH);
const right = Buffer.alloc(HASH_LENGTH);

function isSame(presented: string, known: string): boolean {
  left.write(presented, 'latin1');
  right.write(known, 'latin1');
  return known.length === HASH_LENGTH && timingSafeEqual(left, right);
}
