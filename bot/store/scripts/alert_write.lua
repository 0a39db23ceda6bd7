-- Makes or changes a case's alert, unless somebody else did meanwhile; facts go with it or not at all.
-- KEYS: prefix   ARGV: reference, revision it was read at (0 for a new one), new JSON,
--   due ms ('' when it is over), hash of its token, fact JSON...
-- Returns 1 when written, 0 when it was changed (or made) meanwhile.
local prefix, reference = KEYS[1], ARGV[1]
local current = redis.call('HGET', prefix .. ':alerts', reference)
local revision = current and cjson.decode(current).revision or 0
if revision ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', prefix .. ':alerts', reference, ARGV[3])
redis.call('HSETNX', prefix .. ':alerts:tokens', ARGV[5], reference)
if ARGV[4] == '' then
  redis.call('ZREM', prefix .. ':alerts:due', reference)
else
  redis.call('ZADD', prefix .. ':alerts:due', ARGV[4], reference)
end
for place = 6, #ARGV do
  redis.call('XADD', prefix .. ':events', '*', 'fact', ARGV[place])
end
return 1
