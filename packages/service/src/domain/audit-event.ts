/** The events of the audit log. */
export type AuditEvent =
  | 'started'
  | 'stopped'
  | 'keys_renewed'
  | 'tls_renewed'
  | 'actor_session_opened'
  | 'session_closed'
  | 'sessions_closed'
  | 'session_deleted'
  | 'session_revealed'
  | 'console_signed_in'
  | 'console_signed_out'
  | 'user_exported'
  | 'user_erased'
  | 'authentication_failed'
  | 'authorization_failed'
  | 'compromised_session';
