-- Keeps a team's digest of one opening, unless there is one; its fact and its sendings go with it.
-- KEYS: prefix   ARGV: team, opening, JSON, seconds it is kept, now ms, fact JSON, way...
-- Returns 1 when it is kept, 0 when somebody else was first.
local prefix, team, opening = KEYS[1], ARGV[1], ARGV[2]
local name = prefix .. ':digest:' .. team .. ':' .. opening
if not redis.call('SET', name, ARGV[3], 'EX', ARGV[4], 'NX') then return 0 end
redis.call('HSET', prefix .. ':digests', team, opening)
for place = 7, #ARGV do
  redis.call('ZADD', prefix .. ':digests:due', ARGV[5], team .. '|' .. opening .. '|' .. ARGV[place])
end
redis.call('XADD', prefix .. ':events', '*', 'fact', ARGV[6])
return 1
