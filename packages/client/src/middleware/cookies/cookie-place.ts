import { isLoopbackOrigin, isOnLoopback } from '../host.ts';
import type { Exchange } from '../http-adapter.ts';
import type { Settings } from '../settings.ts';

/** Checks that no one on the network can read a cookie without `Secure`: it is allowed on loopback only. */
export function assertSecurePlace(
  { cookie, origin_rules }: Settings,
  exchange: Exchange,
  allow_cross_site: boolean,
): void {
  if (cookie.isSecure) return;
  const origin = exchange.header('origin');
  const isForeign = origin === null || allow_cross_site || origin_rules.origins.has(origin);
  if (isOnLoopback(exchange, origin_rules) && (isForeign || isLoopbackOrigin(origin))) return;
  throw new Error('The option development is for loopback addresses only: omit it, and serve over https.');
}
