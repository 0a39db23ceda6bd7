-- Hands out sendings of digests that are due, each to one taker until its lease ends.
-- KEYS: prefix   ARGV: now ms, lease end ms, how many at most
-- Returns {'team|opening|way', ...}.
local due = KEYS[1] .. ':digests:due'
local taken = redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, sending in ipairs(taken) do redis.call('ZADD', due, ARGV[2], sending) end
return taken
