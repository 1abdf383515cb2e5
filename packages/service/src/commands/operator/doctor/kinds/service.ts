import type { FindingKind } from './finding-kind.ts';

/** Findings about a running service. */
export const SERVICE_KINDS = {
  SERVICE_NOT_READY: {
    severity: 'error',
    meaning: 'The service does not serve requests. Load balancers send it none.',
    advice: 'The message has the reason that `/readyz` reports. Examine the store with `pip-sessions doctor --store`.',
  },
  SERVICE_CLOCK_OFF: {
    severity: 'warning',
    meaning: 'The clocks of the service and of this machine differ by more than 2 seconds.',
    advice: 'Synchronise both clocks.',
  },
  SERVICE_VERSION_DIFFERS: {
    severity: 'note',
    meaning: 'The service has another version than this command. Some checks may not fit.',
    advice: 'Use the command of the same version.',
  },
  NODES_DIFFER: {
    severity: 'warning',
    meaning: 'Nodes behind one address have different versions. This is normal only during an update.',
    advice: 'Finish the update of all nodes.',
  },
  PLAIN_HTTP: {
    severity: 'error',
    meaning: 'Requests to a service on another machine have no TLS. The network can read tokens and keys.',
    advice: 'Use an https: address: a proxy with TLS, or `SESSIONS_TLS_KEY` and `SESSIONS_TLS_CERT`.',
  },
  SERVICE_OPEN: {
    severity: 'error',
    meaning:
      'A service on another machine responds without an API key. Everyone in the network can read and end sessions.',
    advice: 'Set `SESSIONS_API_KEYS`, unless a proxy lets only trusted callers through.',
  },
  TLS_EXPIRED: {
    severity: 'error',
    meaning: 'The certificate is not valid now. Clients refuse the connection.',
    advice: 'Renew the certificate, and restart the service or the proxy.',
  },
  TLS_ENDS_SOON: {
    severity: 'warning',
    meaning: 'The certificate ends within 14 days. An automatic renewal would have replaced it.',
    advice: 'Renew the certificate, and find out why that did not happen by itself.',
  },
  TLS_WRONG_NAME: {
    severity: 'error',
    meaning: 'The certificate is for another host name. Clients refuse the connection.',
    advice: 'Use a name of the certificate in the URL, or get a certificate for the name.',
  },
  TLS_UNTRUSTED: {
    severity: 'error',
    meaning: 'No authority that this machine trusts has signed the certificate, or its chain is incomplete.',
    advice: 'Serve the whole chain. For an authority of your own, set `NODE_EXTRA_CA_CERTS` to its certificate.',
  },
  CHANGES_BUFFERED: {
    severity: 'error',
    meaning:
      'A proxy holds back the events of `/v2/changes`. Caches of clients do not learn that sessions have ended, and read every session from the service.',
    advice:
      'Switch off buffering for this path (nginx: `proxy_buffering off`). docs/deployment.md has tested settings.',
  },
  FEED_LAGS: {
    severity: 'warning',
    meaning:
      'The service learns of changes at other nodes too late. Its cache and those of clients are not used meanwhile.',
    advice: 'Look for a slow or lost connection between the service and the store.',
  },
  ADMIN_KEY_UNUSED: {
    severity: 'warning',
    meaning:
      'No request has used a key of scope admin for more than a week. Anyone who finds this key can end every session.',
    advice:
      'Remove the key from `SESSIONS_API_KEYS`, or give it an expiry. Nodes count from their start on: see `pip-sessions key list`.',
  },
  SWEEP_LATE: {
    severity: 'warning',
    meaning: 'The last sweep was too long ago, or did not finish. Expired sessions stay open in the store.',
    advice: 'Look for faults of the store in the log of the service.',
  },
  CONNECTIONS_NEAR_MAX: {
    severity: 'warning',
    meaning: 'The service has almost as many connections as it allows. At the maximum it closes idle ones.',
    advice: 'Raise `SESSIONS_CONNECTIONS_MAX`, or start another node.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
