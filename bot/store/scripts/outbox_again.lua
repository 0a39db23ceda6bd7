-- Puts a line that was given up back into its conversation's outbox, at its place among those that
-- wait; behind the first where a sender has that in hand.
-- KEYS: prefix   ARGV: id of its letter
-- Returns its letter's JSON, or '' when there is none (any more).
local prefix = KEYS[1]
local letter = redis.call('HGET', prefix .. ':dead:letters', ARGV[1])
if not letter then return '' end
redis.call('HDEL', prefix .. ':dead:letters', ARGV[1])
redis.call('ZREM', prefix .. ':dead', ARGV[1])
local told = cjson.decode(letter)
local conversation, line = told.conversation, told.line
local function key(part) return prefix .. ':c:' .. part .. ':' .. conversation end
local again = cjson.encode({line = line})
local in_hand = redis.call('HEXISTS', key('main'), 'sender') == 1
local later = nil
for place, item in ipairs(redis.call('LRANGE', key('outbox'), 0, -1)) do
  if cjson.decode(item).line > line and not (in_hand and place == 1) then
    later = item
    break
  end
end
if later then
  redis.call('LINSERT', key('outbox'), 'BEFORE', later, again)
else
  redis.call('RPUSH', key('outbox'), again)
end
if not in_hand then
  redis.call('ZADD', prefix .. ':outbox', redis.call('INCR', prefix .. ':outbox:seq'), conversation)
end
redis.call('RPUSH', prefix .. ':outbox:bell', '1')
redis.call('LTRIM', prefix .. ':outbox:bell', -64, -1)
return letter
