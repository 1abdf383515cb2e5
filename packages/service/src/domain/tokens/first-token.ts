import { hashSecret, newLineage, newNonce, newSecret, successor } from './secrets.ts';
import type { TokenState } from './tokens.ts';

/**
 * Returns the first secret of a session, and its state for the store. With an idempotency key, everyone who has the key
 * can compute the secret from the state.
 */
export function firstToken(key: string | null): { readonly secret: string; readonly state: TokenState } {
  const open_nonce = key === null ? null : newNonce();
  const lineage = newLineage();
  const secret = key === null || open_nonce === null ? newSecret(lineage) : successor(key, open_nonce, lineage);
  return { secret, state: { hash: hashSecret(secret), lineage, open_nonce, past: [] } };
}
