import { script } from './script.ts';

/**
 * Removes ids from indexes if their sessions have expired in the server, which happens without a script.
 *
 * KEYS: the session key of each id, then the indexes. ARGV: the ids.
 */
export const FORGET = script(`
for n, id in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[n]) == 0 then
    for index = #ARGV + 1, #KEYS do redis.call('ZREM', KEYS[index], id) end
  end
end
return 'ok'
`);
