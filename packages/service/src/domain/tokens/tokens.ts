import { timingSafeEqual } from 'node:crypto';
import type { Authentication } from '../authentication.ts';
import { hashSecret, isOfLineage } from './secrets.ts';

/** What a session knows of the secrets that it was given out with: enough to recognise them, not to make them. */
export interface TokenState {
  /** SHA-256 of the secret of the present token, in hex. */
  readonly hash: string;
  /** Recognises every secret of the session (`secrets.ts`); null for a session that was opened before there was one. */
  readonly lineage: string | null;
  /** Set only for sessions opened with an Idempotency-Key: the first secret follows from the key and this nonce. */
  readonly open_nonce: string | null;
  /** The secrets whose grace was not over at the last rotation, the latest first, at most `PAST_SECRETS_MAX`. */
  readonly past: readonly PastSecret[];
}

/** A secret that was rotated. Whoever holds it can make its successor from the nonce; the store cannot. */
export interface PastSecret {
  readonly hash: string;
  readonly nonce: string;
  /** From this moment on, its use means that it has come into other hands. */
  readonly grace_until: number;
  /**
   * The session's authentication before this rotation renewed it; null for a rotation that did not. The secret is worth
   * no more than that: it may be in other hands than those that have proved who they are (ASVS 7.2.4).
   */
  readonly replaced: Authentication | null;
}

/** A secret that is older counts as used after its grace. */
export const PAST_SECRETS_MAX = 8;

/** What a presented secret is to a session. */
export type Presented =
  | { readonly is: 'current' }
  /** Rotated a moment ago: a parallel request, or one whose response was lost. */
  | {
      readonly is: 'recent';
      readonly nonce: string;
      readonly grace_until: number;
      /** What the secret is worth, where the session's authentication was renewed since; else null. */
      readonly worth: Authentication | null;
      /** What its own rotation renewed the authentication to; null for a plain rotation. */
      readonly renewed: Authentication | null;
    }
  /** Given out for this session once, and used after its grace. */
  | { readonly is: 'reused' }
  | { readonly is: 'unknown' };

const UNKNOWN: Presented = { is: 'unknown' };
const CURRENT: Presented = { is: 'current' };
const REUSED: Presented = { is: 'reused' };

/** A session as far as its secrets are judged by it. */
type Judged = Authentication & { readonly token: TokenState | null };

/** Compares in a time that does not depend on where hashes differ. */
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

/** The session as a secret shows it: a secret of before a renewal says how the user had proved who they are until then. */
export function seenBy<S extends Judged>(session: S, presented: Presented): S {
  return presented.is === 'recent' && presented.worth ? { ...session, ...presented.worth } : session;
}

function recent(session: Judged, all: readonly PastSecret[], past: PastSecret, at: number): Presented {
  const { nonce, grace_until } = past;
  const renewals = all.slice(0, at + 1).filter(({ replaced }) => replaced);
  const worth = renewals.at(-1)?.replaced ?? null;
  // The latest come first: what the next renewal after this one replaced is what this one has renewed to.
  const renewed = past.replaced ? (renewals.at(-2)?.replaced ?? authenticationOf(session)) : null;
  return { is: 'recent', nonce, grace_until, worth, renewed };
}

function authenticationOf({ auth_time, auth_methods, auth_level }: Authentication): Authentication {
  return { auth_time, auth_methods, auth_level };
}

/** Compares two hashes in constant time. */
function isSame(presented: string, stored: string): boolean {
  return presented.length === stored.length && timingSafeEqual(Buffer.from(presented), Buffer.from(stored));
}
