import { isLoopback } from '../http/loopback.ts';
import type { Config } from './config.ts';

/** The callers that can reach a service without keys, as a sentence names them. */
export function audienceOf(host: string, hasAuthority: boolean): string {
  if (hasAuthority) return 'everyone with a certificate of its authority';
  return isLoopback(host) ? 'every program on this machine' : 'everyone who reaches its address';
}

/** The sentence for a service where nothing needs a key. */
export function everythingIsOpen(audience: string): string {
  return `No key is needed: ${audience} can read, change and end every session.`;
}

/** Says in one sentence which callers can do what without a key; null when everything needs a key. */
export function openNotice(config: Pick<Config, 'host' | 'api_keys' | 'v1' | 'tls_ca'>): string | null {
  const { host, api_keys, v1, tls_ca } = config;
  const audience = audienceOf(host, tls_ca !== null);
  if (api_keys.length === 0) return everythingIsOpen(audience);
  if (v1 !== 'open') return null;
  return `API v1 needs no key: ${audience} can list, read, change and delete every session, also those of API v2.`;
}
