import type { FindingKind } from './finding-kind.ts';

/** Findings about the settings, the files that they name, and the process. */
export const PROCESS_KINDS = {
  SETTINGS_INVALID: {
    severity: 'error',
    meaning: 'The service does not start with these settings.',
    advice: 'Correct the setting that the message names. `pip-sessions config check` makes the same check.',
  },
  OPEN_TO_NETWORK: {
    severity: 'warning',
    meaning:
      'The service listens on an address that other machines can reach, and does not require a key for all requests. Every caller can read, change and end sessions.',
    advice: 'Set `SESSIONS_API_KEYS` and `SESSIONS_V1=keys`, or let the service listen on 127.0.0.1.',
  },
  PLAIN_HTTP_TO_NETWORK: {
    severity: 'note',
    meaning:
      'The service listens on an address that other machines can reach, without TLS of its own. Tokens and keys are readable in the network unless a proxy adds TLS.',
    advice: 'Set `SESSIONS_TLS_KEY` and `SESSIONS_TLS_CERT`, or make sure that only a proxy with TLS reaches the port.',
  },
  SWEEP_OFF: {
    severity: 'warning',
    meaning:
      'No sweep runs. Expired sessions stay open in the store until they are read, and old ones are not deleted.',
    advice: 'Remove `SESSIONS_SWEEP_INTERVAL=0`, unless another service on the same store sweeps.',
  },
  RETENTION_UNLIMITED: {
    severity: 'note',
    meaning: 'Ended sessions are never deleted, so the store grows without a limit.',
    advice: 'Set `SESSIONS_RETENTION` to the number of seconds for which you need ended sessions.',
  },
  CONFIG_FILE_READABLE: {
    severity: 'warning',
    meaning: 'Other users of the machine can read a settings file that has secrets: keys, a token or a password.',
    advice: 'Remove the access of other users: `chmod o-rwx` on the file.',
  },
  TLS_KEY_READABLE: {
    severity: 'error',
    meaning:
      'Other users of the machine can read the private key of the TLS certificate, and so impersonate the service.',
    advice: 'Remove the access of other users: `chmod o-rwx` on the file. Replace the key if others may have read it.',
  },
  AUDIT_NOT_WRITABLE: {
    severity: 'error',
    meaning:
      'The audit log cannot be written. The service does not start, or it rejects requests that need an audit line.',
    advice: 'Create the folder, and give it and the file to the user of the service.',
  },
  AUDIT_BROKEN: {
    severity: 'error',
    meaning: 'A line of the audit log was changed, added, moved or removed.',
    advice: 'Compare the file with its copy on another machine. `pip-sessions audit verify` names each line.',
  },
  OPEN_FILES_LIMIT_LOW: {
    severity: 'warning',
    meaning: 'The process may open fewer files than it may have connections. Further connections will be refused.',
    advice: 'Raise the limit (`LimitNOFILE` of systemd, `ulimit -n`), or lower `SESSIONS_CONNECTIONS_MAX`.',
  },
  NODE_TOO_OLD: {
    severity: 'error',
    meaning: 'The service does not run with this version of Node.',
    advice: 'Install a current version of Node.',
  },
  CLOCK_OFF: {
    severity: 'warning',
    meaning:
      "The clock of this machine and that of the store's server differ by more than 2 seconds. Sessions end too early or too late by that time.",
    advice: 'Synchronise both clocks, for example with chrony or systemd-timesyncd.',
  },
  CLOCK_WRONG: {
    severity: 'error',
    meaning:
      "The clock of this machine and that of the store's server differ by more than 10 seconds. A service with such a clock is not ready, and does not sweep.",
    advice: 'Synchronise both clocks. Restart a service whose clock was ahead.',
  },
  STORE_WITHOUT_TLS: {
    severity: 'warning',
    meaning: 'The connection to a store on another machine has no TLS. The network can read sessions and passwords.',
    advice: 'Use `sslmode=verify-full` in a postgres: URL, or a rediss: URL.',
  },
  STORE_TLS_UNVERIFIED: {
    severity: 'warning',
    meaning: 'The connection to the store has TLS, but no check that the server is the right one.',
    advice: 'Use `sslmode=verify-full`, with `sslrootcert` if the authority is your own.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
