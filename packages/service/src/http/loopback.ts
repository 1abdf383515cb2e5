import { isIPv4 } from 'node:net';

/**
 * Whether only this machine can reach a server on this host. A name is not resolved: only `localhost` and loopback
 * addresses count.
 */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
