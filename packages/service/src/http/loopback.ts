import { isIPv4 } from 'node:net';

/**
 * Whether only this machine reaches what listens there. What is not written as a loopback address counts as none,
 * whatever a name might resolve to.
 */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
