/** The events of the audit log. */
export type AuditEvent =
  | 'started'
  | 'stopped'
  | 'actor_session_opened'
  | 'session_closed'
  | 'sessions_closed'
  | 'session_deleted'
  | 'user_exported'
  | 'user_erased'
  | 'authentication_failed'
  | 'authorization_failed'
  | 'compromised_session';
