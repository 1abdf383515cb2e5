/** The first version of Node that has every API that the client uses. Other runtimes are not checked. */
const NODE_MIN = [20, 12] as const;

const version = globalThis.process?.versions?.node;
if (version !== undefined && isOld(version)) {
  throw new Error(
    `@pip-sessions/client needs Node ${NODE_MIN.join('.')} or later, and this is Node ${version}: upgrade Node.`,
  );
}

export function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]);
}
