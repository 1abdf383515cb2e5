import { isLoopback } from '../http/loopback.ts';
import type { Config } from './config.ts';
import { requiresKeys } from './key-file.ts';

/** Returns the callers that can reach a service without keys, as part of a sentence. */
export function audienceOf(host: string, hasAuthority: boolean): string {
  if (hasAuthority) return 'everyone with a certificate of its authority';
  return isLoopback(host) ? 'every program on this machine' : 'everyone who can reach its address';
}

/** Returns the sentence for a service that requires no key at all. */
export function everythingIsOpen(audience: string): string {
  return `No API key is required: ${audience} can read, change and end every session.`;
}

/** Returns one sentence that says which callers can do what without a key; null if everything requires a key. */
export function openNotice(
  config: Pick<Config, 'host' | 'api_keys' | 'api_keys_file' | 'v1' | 'tls_ca'>,
): string | null {
  const { host, v1, tls_ca } = config;
  const audience = audienceOf(host, tls_ca !== null);
  if (!requiresKeys(config)) return everythingIsOpen(audience);
  if (v1 !== 'open') return null;
  return `API v1 requires no key: ${audience} can list, read, change and delete every session, including those of API v2.`;
}
