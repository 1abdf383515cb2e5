/** The reasons for which a session ends, in the order in which statistics and documents list them. */
export const CLOSE_REASONS = [
  /** The user signed out. */
  'closed',
  /** An administrator, or the user on another device, ended it. */
  'revoked',
  /** It had no activity for `idle_timeout`. */
  'idle',
  /** It passed its `expire_time`. */
  'expired',
  /** A newer session of the user replaced it, because of the limit of sessions per user. */
  'evicted',
  /** One of its tokens was presented again after the rotation: another person may have it. */
  'compromised',
] as const;

/**
 * The `closed_by` of reasons that the service itself decides: `policy` for a timeout or a limit, `system` for a reused
 * token. For the other reasons it is the caller of the close.
 */
export const CLOSED_BY: Readonly<Record<CloseReason, 'policy' | 'system' | null>> = {
  closed: null,
  revoked: null,
  idle: 'policy',
  expired: 'policy',
  evicted: 'policy',
  compromised: 'system',
};

/** The reasons that the caller of a close can give. */
export const GIVEN_REASONS = ['closed', 'revoked'] as const satisfies readonly CloseReason[];

/** One of `GIVEN_REASONS`. */
export type GivenReason = (typeof GIVEN_REASONS)[number];

/** A reason for which a session ended: one of `CLOSE_REASONS`. */
export type CloseReason = (typeof CLOSE_REASONS)[number];
