-- Hands out conversations with lines to post, each to one sender until its lease ends.
-- KEYS: prefix   ARGV: now ms, lease end ms, token, how many at most
-- Returns {when the next one is due or '', conversation, its first line's JSON, conversation, ...}.
local prefix = KEYS[1]
local outbox = prefix .. ':outbox'
local function key(part, conversation) return prefix .. ':c:' .. part .. ':' .. conversation end
local taken = {''}
for _, conversation in ipairs(redis.call('ZRANGEBYSCORE', outbox, '-inf', ARGV[1], 'LIMIT', 0, ARGV[4])) do
  local first = redis.call('LINDEX', key('outbox', conversation), 0)
  if first then
    redis.call('ZADD', outbox, ARGV[2], conversation)
    redis.call('HSET', key('main', conversation), 'sender', ARGV[3])
    table.insert(taken, conversation)
    table.insert(taken, first)
  else
    redis.call('ZREM', outbox, conversation)
  end
end
taken[1] = redis.call('ZRANGE', outbox, 0, 0, 'WITHSCORES')[2] or ''
return taken
