# Writes the sessions of connect-redis as lines of JSON. Arguments: those of redis-cli, such as -u redis://host:6379.
# Each call reads about 1,000 keys, so the server is never busy for long. PREFIX is that of the keys.
set -eu
page='
local now = redis.call("TIME")
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
local scan = redis.call("SCAN", ARGV[1], "MATCH", ARGV[2], "COUNT", 1000)
local lines = { scan[1] }
for _, key in ipairs(scan[2]) do
  local value = redis.call("GET", key)
  local left_ms = redis.call("PTTL", key)
  if value then
    local line = { key = key, value = value }
    if left_ms >= 0 then line.expires_at = now_ms + left_ms end
    lines[#lines + 1] = cjson.encode(line)
  end
end
return lines'
cursor=0
while :; do
  lines=$(redis-cli -e --raw "$@" EVAL "$page" 0 "$cursor" "${PREFIX-sess:}*")
  cursor=$(printf '%s\n' "$lines" | head -n 1)
  printf '%s\n' "$lines" | tail -n +2
  [ "$cursor" != 0 ] || break
done
