/** The kinds of actors: a person such as a support agent, a program, and an AI agent. */
export const ACTOR_TYPES = ['user', 'service', 'agent'] as const;

/** The kind of an actor: one of `ACTOR_TYPES`. */
export type ActorType = (typeof ACTOR_TYPES)[number];

/**
 * Acts in the name of a session's user (the `act` claim of RFC 8693): support staff who impersonate the user, a service,
 * or an agent.
 */
export interface Actor {
  /** A person, a program or an AI agent. */
  readonly type: ActorType;
  /** The id of the actor, in the application's own terms. */
  readonly id: string;
  /** Why it acts, such as the number of a support ticket. */
  readonly reason?: string | null;
}
