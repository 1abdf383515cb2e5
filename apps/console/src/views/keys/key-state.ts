import type { KeyInfo } from '../../api/types.ts';

/** A key that ends within this time is marked. */
const SOON_MS = 14 * 86_400_000;

export type KeyState = 'valid' | 'ends_soon' | 'ended';

export function keyState({ expires }: Pick<KeyInfo, 'expires'>, now: number): KeyState {
  if (expires === null) return 'valid';
  const left_ms = Date.parse(expires) - now;
  if (left_ms <= 0) return 'ended';
  return left_ms <= SOON_MS ? 'ends_soon' : 'valid';
}

/** Whether a new key is needed: this one ends soon, or has ended. */
export function endsSoon(key: Pick<KeyInfo, 'expires'>, now: number): boolean {
  return keyState(key, now) !== 'valid';
}
