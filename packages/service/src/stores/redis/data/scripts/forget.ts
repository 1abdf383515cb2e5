import { script } from './script.ts';

/**
 * Takes ids out of indexes whose sessions the server has let expire: it does so on its own, without a script.
 *
 * KEYS: one session's key for each id, then the indexes. ARGV: the ids.
 */
export const FORGET = script(`
for n, id in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[n]) == 0 then
    for index = #ARGV + 1, #KEYS do redis.call('ZREM', KEYS[index], id) end
  end
end
return 'ok'
`);
