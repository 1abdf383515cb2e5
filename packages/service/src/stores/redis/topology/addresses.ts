import type { Address } from '../config.ts';

/** `host:port` as servers write it: the host of IPv6 without brackets, an empty one where it is the asked server's own. */
export function addressFrom(text: string, asked: Address): Address {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon);
  return { host: host === '' || host === '?' ? asked.host : host, port: Number(text.slice(colon + 1)) };
}
