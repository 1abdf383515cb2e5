import { parseToken, tokenOf } from '@pip-sessions/contract/token';
import { type Authentication, defaultAuthentication } from '../authentication.ts';
import { sessionClosed, tokenReplaced, tokenUnknown } from '../rejections.ts';
import type { Session } from '../session.ts';
import type { SessionsSettings } from '../settings.ts';
import type { SessionStore } from '../store.ts';
import { endIfDue, isDue } from '../sweeps/due-sessions.ts';
import { hashSecret, lineageOf, newNonce, successor } from './secrets.ts';
import type { Validator } from './token-validator.ts';
import { judge, PAST_SECRETS_MAX, type Presented, seenBy } from './tokens.ts';

/**
 * `ps_<id>_<secret>`: the token of the user. It exists only in memory, in the response, and at the user. The store has
 * its hash.
 */
export interface WithToken {
  /** The token of the session. */
  readonly token: string;
}

export type Rotated = { readonly session: Session } & WithToken;

type Recent = Extract<Presented, { is: 'recent' }>;
interface Found {
  readonly session: Session;
  readonly presented: Extract<Presented, { is: 'current' | 'recent' }>;
}

/**
 * Maximum number of steps. A step follows the chain of secrets to the next one, or repeats after another request has
 * replaced the secret.
 */
const STEPS_MAX = 2 * PAST_SECRETS_MAX;

/**
 * Replaces tokens. All requests with one token within its grace period get the same new token. A new token never has a
 * stronger authentication than the presented one.
 */
export class Rotation {
  readonly #store: SessionStore;
  readonly #settings: SessionsSettings;
  readonly #validator: Validator;

  constructor(store: SessionStore, settings: SessionsSettings, validator: Validator) {
    this.#store = store;
    this.#settings = settings;
    this.#validator = validator;
  }

  /** See `Sessions.rotate`. */
  async rotate(token: string, authentication: Partial<Authentication> | undefined, now: number): Promise<Rotated> {
    const parsed = parseToken(token);
    if (!parsed) throw tokenUnknown();
    const { id } = parsed;
    let { secret } = parsed;
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const { session, presented } = await this.#find(id, secret, now);
      if (presented.is === 'current') {
        const rotated = await this.#replace(session, secret, authentication, now);
        if (rotated) return rotated;
      } else if (!authentication) {
        if (presented.renewed) throw tokenReplaced();
        return successorOf(session, secret, presented, now);
      } else {
        const isRepeated = presented.renewed !== null && isSame(presented.renewed, authentication);
        if (isRepeated) return successorOf(session, secret, presented, now);
        // The caller has authenticated the user again, so it may replace the current token.
        secret = nextSecret(session, secret, presented);
      }
    }
    throw tokenReplaced();
  }

  /**
   * Returns a live session and the state of the presented secret. Throws if the session has ended or the secret is not
   * valid.
   */
  async #find(id: string, secret: string, now: number): Promise<Found> {
    let session = await this.#store.find(id);
    const presented = session ? judge(session, secret, now) : null;
    if (session && presented?.is !== 'unknown' && isDue(session, now)) session = await endIfDue(this.#store, id, now);
    if (!session || !presented || presented.is === 'unknown') throw tokenUnknown();
    if (session.close_reason !== null) throw sessionClosed(NOT_ROTATED, session.close_reason);
    if (presented.is === 'reused') {
      const reason = await this.#validator.compromised(id, now);
      throw reason === 'unknown' ? tokenUnknown() : sessionClosed(NOT_ROTATED, reason);
    }
    return { session, presented };
  }

  /** Returns null if another request has replaced the secret or ended the session first. */
  async #replace(
    session: Session,
    secret: string,
    authentication: Partial<Authentication> | undefined,
    now: number,
  ): Promise<Rotated | null> {
    const nonce = newNonce();
    const next = successor(secret, nonce, lineageOf(session));
    const rotation = {
      type: 'rotate',
      from_hash: hashSecret(secret),
      to_hash: hashSecret(next),
      nonce,
      grace_until: now + this.#settings.rotation_grace_ms,
      authentication: authentication ? { ...defaultAuthentication(now), ...authentication } : null,
    } as const;
    const result = await this.#store.update(session.id, rotation, now);
    return result.outcome === 'updated' ? { session: result.session, token: tokenOf(session.id, next) } : null;
  }
}

const NOT_ROTATED = 'its token was not rotated';

function successorOf(session: Session, secret: string, presented: Recent, now: number): Rotated {
  const next = nextSecret(session, secret, presented);
  return { session: seenBy(session, judge(session, next, now)), token: tokenOf(session.id, next) };
}

function nextSecret(session: Session, secret: string, { nonce }: Recent): string {
  return successor(secret, nonce, lineageOf(session));
}

/**
 * Whether a request repeats a renewal, which then renews only once. Its `auth_time` may be absent, because the service
 * then sets it.
 */
function isSame(renewed: Authentication, { auth_time, auth_methods, auth_level }: Partial<Authentication>): boolean {
  return (
    renewed.auth_level === (auth_level ?? null) &&
    renewed.auth_methods.join() === (auth_methods ?? []).join() &&
    (auth_time === undefined || auth_time === renewed.auth_time)
  );
}
