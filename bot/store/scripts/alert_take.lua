-- Hands out alerts that are due, each to one taker until its lease ends.
-- KEYS: prefix   ARGV: now ms, lease end ms, how many at most
-- Returns {alert JSON, ...}.
local prefix = KEYS[1]
local due = prefix .. ':alerts:due'
local taken = {}
for _, reference in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local alert = redis.call('HGET', prefix .. ':alerts', reference)
  if alert then
    redis.call('ZADD', due, ARGV[2], reference)
    table.insert(taken, alert)
  else
    redis.call('ZREM', due, reference)
  end
end
return taken
