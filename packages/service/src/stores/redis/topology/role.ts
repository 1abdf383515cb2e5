/** Why a server is not used: it would reject writes, and its data may be old. */
export const IS_REPLICA = 'the server is a replica, and no primary is reachable in its place';

/**
 * The command that returns a server's role. Every user may send it, a server responds to it while it loads its data,
 * and it costs as much as a PING (https://redis.io/docs/latest/commands/hello/).
 */
export const QUERY_ROLE: readonly string[] = ['HELLO'];

/** Reads the response to `QUERY_ROLE`, in either protocol. A server that does not report its role counts as a primary. */
export function isReplica(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer[answer.indexOf('role') + 1] === 'replica';
  return typeof answer === 'object' && answer !== null && 'role' in answer && answer.role === 'replica';
}
