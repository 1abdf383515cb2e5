import { LEASE_AHEAD_MS_MAX } from '../../../../domain/time/clock-check.ts';
import { script } from './script.ts';

/**
 * Takes, renews or releases the lease, by the caller's time instead of the server's. KEYS: the lease. ARGV: holder,
 * lease_ms (0 releases the lease), now. A lease that ends too far in the future is void, because a wrong clock has made
 * it. Returns 1 if the caller has the lease now.
 */
export const LEASE = script(`
local holder, lease_ms, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('GET', KEYS[1])
if held then
  local until_time, who = string.match(held, '^(%d+) (.*)$')
  local left_ms = tonumber(until_time) - now
  local is_void = lease_ms > 0 and left_ms > lease_ms + ${LEASE_AHEAD_MS_MAX}
  if who ~= holder and left_ms > 0 and not is_void then return 0 end
  if who == holder and lease_ms == 0 then redis.call('DEL', KEYS[1]) end
end
if lease_ms == 0 then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', now + lease_ms) .. ' ' .. holder)
return 1
`);
