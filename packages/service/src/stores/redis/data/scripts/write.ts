import { HOUR_MS, HOURS_MAX } from '../../../shared/hourly-counts.ts';
import { script } from './script.ts';

/**
 * How long a user's index outlives the last of its sessions. With one day, its TTL is renewed once a day, not at every
 * touch.
 */
const INDEX_TTL_SLACK_MS = 86_400_000;

/** Length of the stamp at the start of a stored session. Each write has a new stamp. */
export const STAMP_LENGTH = 12;

/** The number of KEYS before those of the puts, and the number of KEYS and ARGV per put (`write-request.ts`). */
const SHARED_KEYS = 7;
const PUT_KEYS = 4;
const PUT_VALUES = 8;

/**
 * Makes all changes of sessions in one shard. First it compares what the writer has read with what is stored: the stamp
 * of each session, and the open sessions of a guarded user. If anything differs, it changes nothing.
 *
 * KEYS: opened, active, due, ended, hours, seq, the guarded user's due; for each put: session, user's opened, active,
 * due.
 *
 * ARGV:
 * - channel; the encrypted message, or ''; the secret that proves its number
 * - '1' with a guard, or ''; the number of expected ids; the expected ids
 * - the number of counts; for each count: hour, kind, increment
 * - for each put: id, stamp ('' for a new session), session ('' to delete it), opened score, active score, deadline (''
 *   if it has ended), end ('' while it is open), ttl ('' for no limit)
 *
 * Returns 'ok'; 'open' if the guard fails; 'stale' if the stamp of a put differs.
 */
export const WRITE = script(`
local call = redis.call
local opened, active, due, ended, hours, seq, guarded = unpack(KEYS, 1, ${SHARED_KEYS})
local message, secret, guard, expected_count = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

if guard ~= '' then
  local expected = {}
  for at = 6, 5 + expected_count do expected[ARGV[at]] = true end
  local open = call('ZRANGE', guarded, 0, -1)
  if #open ~= expected_count then return 'open' end
  for _, id in ipairs(open) do
    if not expected[id] then return 'open' end
  end
end

local counts_at = 6 + expected_count
local puts_at = counts_at + 1 + 3 * tonumber(ARGV[counts_at])
local puts = (#ARGV - puts_at + 1) / ${PUT_VALUES}

for n = 1, puts do
  local stamp = call('GETRANGE', KEYS[${SHARED_KEYS - PUT_KEYS + 1} + ${PUT_KEYS} * n], 0, ${STAMP_LENGTH - 1})
  if stamp ~= ARGV[puts_at + ${PUT_VALUES} * n - ${PUT_VALUES - 1}] then return 'stale' end
end

local function add(index, score, id, ttl)
  if ttl == '' then
    call('ZADD', index, score, id)
    call('PERSIST', index)
    return
  end
  local before = call('PTTL', index)
  call('ZADD', index, score, id)
  if before ~= -1 and before < ttl then call('PEXPIRE', index, ttl + ${INDEX_TTL_SLACK_MS}) end
end

for n = 1, puts do
  local key_at, at = ${SHARED_KEYS - PUT_KEYS + 1} + ${PUT_KEYS} * n, puts_at + ${PUT_VALUES} * (n - 1)
  local key, user_opened, user_active, user_due = KEYS[key_at], KEYS[key_at + 1], KEYS[key_at + 2], KEYS[key_at + 3]
  local id, session = ARGV[at], ARGV[at + 2]
  if session == '' then
    call('DEL', key)
    for _, index in ipairs({opened, active, due, ended, user_opened, user_active, user_due}) do call('ZREM', index, id) end
  else
    local ttl = ARGV[at + 7]
    if ttl == '' then call('SET', key, session)
    else
      call('SET', key, session, 'PX', ttl)
      ttl = tonumber(ttl)
    end
    if ARGV[at + 1] == '' then call('ZADD', opened, ARGV[at + 3], id) end
    add(user_opened, ARGV[at + 3], id, ttl)
    call('ZADD', active, ARGV[at + 4], id)
    add(user_active, ARGV[at + 4], id, ttl)
    if ARGV[at + 5] ~= '' then
      call('ZADD', due, ARGV[at + 5], id)
      add(user_due, ARGV[at + 5], id, ttl)
    else
      call('ZADD', ended, ARGV[at + 6], id)
      call('ZREM', due, id)
      call('ZREM', user_due, id)
    end
  end
end

for at = counts_at + 1, puts_at - 1, 3 do
  local hour, by = ARGV[at], tonumber(ARGV[at + 2])
  if call('HINCRBY', hours, hour .. ':' .. ARGV[at + 1], by) == by then
    local oldest = tonumber(hour) - ${(HOURS_MAX - 1) * HOUR_MS}
    for _, field in ipairs(call('HKEYS', hours)) do
      if tonumber(string.match(field, '^%d+')) < oldest then call('HDEL', hours, field) end
    end
  end
end

if message ~= '' then
  local number = string.format('%.0f', call('INCR', seq))
  call('PUBLISH', ARGV[1], number .. ' ' .. redis.sha1hex(secret .. number) .. ' ' .. message)
end
return 'ok'
`);
