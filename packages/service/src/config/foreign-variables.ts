/** Of the client, which may run beside the service. */
const OF_CLIENTS = new Set(['SESSIONS_URL', 'SESSIONS_KEY']);

/**
 * Kubernetes and Docker describe a neighbour to every container of its network: of one that is named `sessions`, or
 * `sessions-db`, the names begin as those of the settings do.
 */
const OF_NEIGHBOURS =
  /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR|START|END))?|ENV_\w+)$/;
const ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/** Whether a variable is nobody's setting, though it is named like one. */
export function isForeign(variable: string, value: string): boolean {
  if (OF_CLIENTS.has(variable) || OF_NEIGHBOURS.test(variable)) return true;
  if (variable.endsWith('_PORT')) return ADDRESS.test(value);
  return variable.endsWith('_NAME') && value.startsWith('/');
}
