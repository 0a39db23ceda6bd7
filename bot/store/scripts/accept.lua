-- Stores one message durably, once. Returns {1, line} when new, {0, lines of its replies} when known.
-- KEYS: prefix   ARGV: conversation, message id, inbox JSON, log JSON, due ms, channel, customer JSON, fact JSON,
--   '1' when replies are posted to the platform
local prefix = KEYS[1]
local conversation = ARGV[1]
local function key(part) return prefix .. ':c:' .. part .. ':' .. conversation end
local seen = redis.call('HGET', key('ids'), ARGV[2])
if seen then return {0, seen} end
redis.call('HSET', key('ids'), ARGV[2], '')
local line = redis.call('RPUSH', key('log'), ARGV[4])
redis.call('RPUSH', key('inbox'), cjson.encode({line = line, message = ARGV[3], due = ARGV[5]}))
redis.call('HSET', key('main'), 'channel', ARGV[6], 'customer', ARGV[7], 'posted', ARGV[9])
local held = redis.call('ZSCORE', prefix .. ':leases', conversation)
if not held and not redis.call('ZSCORE', prefix .. ':ready', conversation) then
  redis.call('ZADD', prefix .. ':ready', ARGV[5], conversation)
end
redis.call('RPUSH', prefix .. ':bell', '1')
redis.call('LTRIM', prefix .. ':bell', -64, -1)
redis.call('XADD', prefix .. ':events', '*', 'fact', ARGV[8])
redis.call('PUBLISH', prefix .. ':done', conversation)
return {1, tostring(line)}
