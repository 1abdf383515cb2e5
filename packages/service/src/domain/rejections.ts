import { invalidMember, SessionsError } from './errors.ts';
import type { CloseReason, Session } from './session.ts';
import { lifetimeMsMax } from './session.ts';
import type { Applied, SessionUpdate } from './session-update.ts';

/** Returns the session after an update. Throws if the update was rejected. */
export function changedOrThrow({ outcome, session }: Applied, update: SessionUpdate): Session {
  switch (outcome) {
    case 'updated':
    case 'unchanged':
      return session;
    case 'refused': {
      const what = update.type === 'replace' ? `its ${update.member} was not stored` : 'nothing was changed';
      throw sessionClosed(what, session.close_reason);
    }
    case 'conflict': {
      const { revision } = session;
      const message = `The session has revision ${revision}: it has changed since you read it. Read it again.`;
      throw new SessionsError('REVISION_CONFLICT', message, { details: { revision } });
    }
    case 'too_long': {
      const ms = update.type === 'amend' ? (lifetimeMsMax(session, update) ?? 0) : 0;
      throw invalidMember('expire_time', `must be at most ${ms / 1000} seconds after the opening of the session`);
    }
    case 'too_large': {
      const bytes_max = update.type === 'patch' ? update.bytes_max : 0;
      throw new SessionsError('VALUE_TOO_LARGE', `data would be larger than ${bytes_max} bytes.`, {
        details: { members: ['data'], bytes_max },
      });
    }
  }
}

export function tokenUnknown(): SessionsError {
  return new SessionsError('TOKEN_UNKNOWN', 'There is no session with this token.');
}

export function tokenReplaced(): SessionsError {
  const message = 'The token was replaced when the user authenticated again. Use the token from that response.';
  return new SessionsError('TOKEN_REPLACED', message);
}

export function actorSession(): SessionsError {
  const message = 'The session has an actor. Only the user may list and close the sessions of the user.';
  return new SessionsError('ACTOR_SESSION', message);
}

export function keyUsed(): SessionsError {
  const message = 'The first token of the session that this key opened was rotated. Open a new session with a new key.';
  return new SessionsError('KEY_USED', message, { details: { members: ['Idempotency-Key'] } });
}

export function keyOfOtherActor(): SessionsError {
  const message = 'The key opened a session with another actor, or with none. Open a new session with a new key.';
  return new SessionsError('KEY_USED', message, { details: { members: ['Idempotency-Key'] } });
}

export function sessionClosed(what: string, reason: CloseReason | null): SessionsError {
  return new SessionsError('SESSION_CLOSED', `The session has ended; ${what}.`, { details: { reason } });
}
