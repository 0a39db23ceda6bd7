-- Gives the first due conversation to a worker. Conversations whose worker fell silent come back first.
-- KEYS: prefix   ARGV: now ms, lease end ms, token
-- Returns {conversation, attempts} or {'', when the next conversation is due or the next lease ends, or ''}.
local prefix = KEYS[1]
local ready, leases = prefix .. ':ready', prefix .. ':leases'
local function key(part, conversation) return prefix .. ':c:' .. part .. ':' .. conversation end
for _, conversation in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', ARGV[1], 'LIMIT', 0, 20)) do
  redis.call('ZREM', leases, conversation)
  redis.call('HDEL', key('main', conversation), 'lease')
  if redis.call('LLEN', key('inbox', conversation)) > 0 then
    redis.call('ZADD', ready, ARGV[1], conversation)
  end
end
local due = redis.call('ZRANGEBYSCORE', ready, '-inf', ARGV[1], 'LIMIT', 0, 1)
if #due == 0 then
  local upcoming = redis.call('ZRANGE', ready, 0, 0, 'WITHSCORES')[2]
  local lapsing = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')[2]
  if not upcoming or lapsing and tonumber(lapsing) < tonumber(upcoming) then upcoming = lapsing end
  return {'', upcoming or ''}
end
local conversation = due[1]
redis.call('ZREM', ready, conversation)
redis.call('ZADD', leases, ARGV[2], conversation)
redis.call('HSET', key('main', conversation), 'lease', ARGV[3])
local attempts = redis.call('HINCRBY', key('main', conversation), 'attempts', 1)
return {conversation, tostring(attempts)}
