import type { Address } from '../config.ts';

/**
 * Parses `host:port` as servers write it: an IPv6 host has no brackets, and an empty host means the server that was
 * asked.
 */
export function addressFrom(text: string, asked: Address): Address {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon);
  return { host: host === '' || host === '?' ? asked.host : host, port: Number(text.slice(colon + 1)) };
}
