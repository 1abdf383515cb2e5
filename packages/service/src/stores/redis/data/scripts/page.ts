import { script } from './script.ts';

/**
 * One piece of an index after a place: ids with their scores, and the deadlines of open sessions. The session of the
 * place need not exist any more.
 *
 * KEYS: the index; the index of deadlines. ARGV: score and id of the place ('' for the id means after all entries with
 * that score); the number of entries. Returns id, score, deadline or '' for each entry.
 *
 * Ids are compared by their bytes, as the server orders them. Lua's own comparison depends on the server's locale.
 */
export const PAGE = script(`
local index, due, score, id, count = KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3])

local function is_after(a, b)
  for n = 1, math.min(#a, #b) do
    local x, y = string.byte(a, n), string.byte(b, n)
    if x ~= y then return x > y end
  end
  return #a > #b
end

local rank = redis.call('ZCOUNT', index, '-inf', score)
if id ~= '' then
  local low = rank - redis.call('ZCOUNT', index, score, score)
  while low < rank do
    local middle = math.floor((low + rank) / 2)
    if is_after(redis.call('ZRANGE', index, middle, middle)[1], id) then rank = middle else low = middle + 1 end
  end
end

local found = redis.call('ZRANGE', index, rank, rank + count - 1, 'WITHSCORES')
if #found == 0 then return {} end
local ids = {}
for n = 1, #found, 2 do ids[#ids + 1] = found[n] end
local deadlines = redis.call('ZMSCORE', due, unpack(ids))
local answer = {}
for n = 1, #ids do
  answer[#answer + 1] = ids[n]
  answer[#answer + 1] = found[2 * n]
  answer[#answer + 1] = deadlines[n] or ''
end
return answer
`);
