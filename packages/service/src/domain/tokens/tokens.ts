import { timingSafeEqual } from 'node:crypto';
import type { Authentication } from '../authentication.ts';
import { hashSecret, isOfLineage } from './secrets.ts';

/** The state of a session's tokens: enough to recognise its secrets, not to compute them. */
export interface TokenState {
  /** SHA-256 of the secret of the current token, in hex. */
  readonly hash: string;
  /**
   * The key that recognises every secret of the session (`secrets.ts`); null for a session that was opened by an older
   * version.
   */
  readonly lineage: string | null;
  /** Set only for sessions opened with an Idempotency-Key: the first secret follows from the key and this nonce. */
  readonly open_nonce: string | null;
  /**
   * The secrets that were within their grace period at the last rotation, the latest first, at most `PAST_SECRETS_MAX`.
   */
  readonly past: readonly PastSecret[];
}

/**
 * A secret that was rotated. Its successor can be computed from the secret and the nonce, but not by the store, which
 * has only the hash.
 */
export interface PastSecret {
  readonly hash: string;
  readonly nonce: string;
  /** End of the grace period. A use after it means that the secret may be stolen. */
  readonly grace_until: number;
  /**
   * The session's authentication before this rotation renewed it; null for a rotation without a new authentication. The
   * secret keeps this authentication: it may have been stolen before the user authenticated again (ASVS 7.2.4).
   */
  readonly replaced: Authentication | null;
}

/** Maximum number of past secrets. Older ones count as used after their grace period. */
export const PAST_SECRETS_MAX = 8;

/** The state of a presented secret. */
export type Presented =
  | { readonly is: 'current' }
  /** Rotated, but within its grace period: a parallel request, or one whose response was lost. */
  | {
      readonly is: 'recent';
      readonly nonce: string;
      readonly grace_until: number;
      /** The authentication of the secret, if the session's authentication was renewed after it; else null. */
      readonly worth: Authentication | null;
      /** The authentication that the rotation of this secret set; null for a rotation without one. */
      readonly renewed: Authentication | null;
    }
  /** A former secret of this session, used after its grace period. */
  | { readonly is: 'reused' }
  | { readonly is: 'unknown' };

const UNKNOWN: Presented = { is: 'unknown' };
const CURRENT: Presented = { is: 'current' };
const REUSED: Presented = { is: 'reused' };

/** The properties of a session that decide about its secrets. */
type Judged = Authentication & { readonly token: TokenState | null };

/** Determines the state of a presented secret. Hashes are compared in constant time. */
export function judge(session: Judged, secret: string, now: number): Presented {
  const { token } = session;
  if (token === null) return UNKNOWN;
  const presented = hashSecret(secret);
  if (isSame(presented, token.hash)) return CURRENT;
  const at = token.past.findIndex((candidate) => isSame(presented, candidate.hash));
  const past = token.past[at];
  if (past) return now < past.grace_until ? recent(session, token.past, past, at) : REUSED;
  return token.lineage && isOfLineage(secret, token.lineage) ? REUSED : UNKNOWN;
}

/**
 * Returns the session for a presented secret. A secret from before a new authentication shows the authentication of its
 * time.
 */
export function seenBy<S extends Judged>(session: S, presented: Presented): S {
  return presented.is === 'recent' && presented.worth ? { ...session, ...presented.worth } : session;
}

function recent(session: Judged, all: readonly PastSecret[], past: PastSecret, at: number): Presented {
  const { nonce, grace_until } = past;
  const renewals = all.slice(0, at + 1).filter(({ replaced }) => replaced);
  const worth = renewals.at(-1)?.replaced ?? null;
  // The latest come first. The authentication that the next renewal replaced is the one that this renewal set.
  const renewed = past.replaced ? (renewals.at(-2)?.replaced ?? authenticationOf(session)) : null;
  return { is: 'recent', nonce, grace_until, worth, renewed };
}

function authenticationOf({ auth_time, auth_methods, auth_level }: Authentication): Authentication {
  return { auth_time, auth_methods, auth_level };
}

const HASH_LENGTH = 64;
/** They are used by one comparison at a time: new ones for each would take longer than the comparison. */
const PRESENTED = Buffer.alloc(HASH_LENGTH);
const STORED = Buffer.alloc(HASH_LENGTH);

/** Compares two hashes in constant time. */
function isSame(presented: string, stored: string): boolean {
  if (presented.length !== HASH_LENGTH || stored.length !== HASH_LENGTH) return false;
  PRESENTED.write(presented, 'latin1');
  STORED.write(stored, 'latin1');
  return timingSafeEqual(PRESENTED, STORED);
}
