-- Gives a conversation back unhandled, to be tried again at a later time.
-- KEYS: prefix   ARGV: conversation, token, due ms, '1' when this counts as a try of its message
-- Returns 1, or 0 when the lease is another's.
local prefix, conversation = KEYS[1], ARGV[1]
local function key(part) return prefix .. ':c:' .. part .. ':' .. conversation end
if redis.call('HGET', key('main'), 'lease') ~= ARGV[2] then return 0 end
redis.call('HDEL', key('main'), 'lease')
if ARGV[4] ~= '1' then redis.call('HINCRBY', key('main'), 'attempts', -1) end
redis.call('ZREM', prefix .. ':leases', conversation)
if redis.call('LLEN', key('inbox')) > 0 then
  redis.call('ZADD', prefix .. ':ready', ARGV[3], conversation)
end
return 1
