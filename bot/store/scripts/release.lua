-- Gives a conversation back unhandled, to be tried again at a later time.
-- KEYS: prefix   ARGV: conversation, token, due ms
local prefix, conversation = KEYS[1], ARGV[1]
local key = prefix .. ':c:' .. conversation
if redis.call('HGET', key, 'lease') ~= ARGV[2] then return 0 end
redis.call('HDEL', key, 'lease')
redis.call('ZREM', prefix .. ':leases', conversation)
if redis.call('LLEN', key .. ':inbox') > 0 then
  redis.call('ZADD', prefix .. ':ready', ARGV[3], conversation)
end
return 1
