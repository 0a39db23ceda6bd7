-- Holds a conversation for longer.
-- KEYS: prefix   ARGV: conversation, token, lease end ms
-- Returns 1, or 0 when the lease is another's.
local prefix, conversation = KEYS[1], ARGV[1]
if redis.call('HGET', prefix .. ':c:main:' .. conversation, 'lease') ~= ARGV[2] then return 0 end
redis.call('ZADD', prefix .. ':leases', ARGV[3], conversation)
return 1
