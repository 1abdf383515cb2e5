/** Why a session ended, in the order in which figures and documents list the reasons. */
export const CLOSE_REASONS = [
  /** The user signed out. */
  'closed',
  /** Somebody else ended it: an administrator, or the user from another device. */
  'revoked',
  /** Nothing happened for `idle_timeout`. */
  'idle',
  /** It passed its `expire_time`. */
  'expired',
  /** A newer session of the user took its place, by the limit of sessions a user. */
  'evicted',
  /** A token of it was presented again after it had been rotated: another person may have it. */
  'compromised',
] as const;

export type CloseReason = (typeof CLOSE_REASONS)[number];
