-- Notes what became of the line a sender has in hand: sent, to be tried again, or given up.
-- KEYS: prefix   ARGV: conversation, token, line, 'sent' | 'later' | 'dead', ms until which the
--   sender keeps the conversation (later: when it is tried again), fact JSON, and: the platform's
--   id of it (sent), the line's new JSON (later), or id, ms and JSON of its letter (dead)
-- Returns {'lost'} when it is in another's hands, {'done'}, or {'more', the next line's JSON}.
local prefix, conversation, outcome = KEYS[1], ARGV[1], ARGV[4]
local function key(part) return prefix .. ':c:' .. part .. ':' .. conversation end
local first = redis.call('LINDEX', key('outbox'), 0)
if redis.call('HGET', key('main'), 'sender') ~= ARGV[2] then return {'lost'} end
if not first or cjson.decode(first).line ~= tonumber(ARGV[3]) then return {'lost'} end
redis.call('XADD', prefix .. ':events', '*', 'fact', ARGV[6])
if outcome == 'later' then
  redis.call('LSET', key('outbox'), 0, ARGV[7])
  redis.call('ZADD', prefix .. ':outbox', ARGV[5], conversation)
  redis.call('HDEL', key('main'), 'sender')
  return {'done'}
end
redis.call('LPOP', key('outbox'))
if outcome == 'sent' then
  redis.call('HSET', key('sent'), ARGV[3], ARGV[7])
else
  redis.call('ZADD', prefix .. ':dead', ARGV[8], ARGV[7])
  redis.call('HSET', prefix .. ':dead:letters', ARGV[7], ARGV[9])
end
local second = redis.call('LINDEX', key('outbox'), 0)
if second then
  redis.call('ZADD', prefix .. ':outbox', ARGV[5], conversation)
  return {'more', second}
end
redis.call('ZREM', prefix .. ':outbox', conversation)
redis.call('HDEL', key('main'), 'sender')
return {'done'}
