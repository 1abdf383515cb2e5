import type { SessionSummary } from '@pip-sessions/contract/session';

/** Returns who ends a session when its holder signs out, for `closed_by`: the user, or the actor. */
export function endedBy({ actor }: SessionSummary): string {
  return actor === null ? 'user' : `actor:${actor.id}`;
}
