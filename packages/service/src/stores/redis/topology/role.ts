/** Why nothing is sent to a server: writes would be refused there, and reads would be old. */
export const IS_REPLICA = 'the server is a replica, and no primary is reachable in its place';

/**
 * Asks a server for its role. Every user may send it, it is answered while the server loads its data, and costs as much as a
 * PING (https://redis.io/docs/latest/commands/hello/).
 */
export const ASK_ROLE: readonly string[] = ['HELLO'];

/** By the answer to `ASK_ROLE`, in either protocol. A server that does not tell its role is taken for a primary. */
export function isReplica(answer: unknown): boolean {
  if (Array.isArray(answer)) return answer[answer.indexOf('role') + 1] === 'replica';
  return typeof answer === 'object' && answer !== null && 'role' in answer && answer.role === 'replica';
}
