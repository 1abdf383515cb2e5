/** Variables of the client, which may run beside the service. */
const OF_CLIENTS = new Set(['SESSIONS_URL', 'SESSIONS_KEY']);

/**
 * Kubernetes and Docker set variables for the neighbours of a container. The variables of a neighbour named `sessions`
 * or `sessions-db` have the prefix of the settings.
 */
const OF_NEIGHBOURS =
  /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR|START|END))?|ENV_\w+)$/;
const ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/** Whether a variable has the prefix of the settings but is not meant for the service. */
export function isForeign(variable: string, value: string): boolean {
  if (OF_CLIENTS.has(variable) || OF_NEIGHBOURS.test(variable)) return true;
  if (variable.endsWith('_PORT')) return ADDRESS.test(value);
  return variable.endsWith('_NAME') && value.startsWith('/');
}
