-- Writes everything one turn prepared, or nothing.
-- KEYS: prefix   ARGV: conversation, token ('' for a writer that needs no lease), JSON of
--   {state?, handled: [message id], lines: [JSON], buttons: [[title, payload]],
--    cases: [{id, json, expected, opened, from, due, holds}], facts: [JSON],
--    held: the case the conversation was held by when it was read, held_else: what holds it when
--    that case does no longer, beside?: [{id, expected}] of cases that must be as they were read,
--    once?: id of a step that is done once, inbox?: [message JSON] to be handled before all others}
-- Returns 'lost' (the lease is another's; one that ran out and that nobody took still counts),
-- 'conflict' (a case or the holder was changed meanwhile), 'known' (the step was done before),
-- 'more' (messages wait; the lease is kept) or 'done'.
local prefix, conversation, token = KEYS[1], ARGV[1], ARGV[2]
local turn = cjson.decode(ARGV[3])
local function key(part) return prefix .. ':c:' .. part .. ':' .. conversation end
if token ~= '' and redis.call('HGET', key('main'), 'lease') ~= token then return 'lost' end
if turn.once and redis.call('HEXISTS', key('ids'), turn.once) == 1 then return 'known' end
local held = redis.call('HGET', key('main'), 'held') or ''
if held ~= turn.held then return 'conflict' end
for _, case in ipairs(turn.cases) do
  local revision = redis.call('HGET', prefix .. ':case:' .. case.id, 'revision') or '0'
  if revision ~= tostring(case.expected) then return 'conflict' end
end
for _, case in ipairs(turn.beside or {}) do
  if redis.call('HGET', prefix .. ':case:' .. case.id, 'revision') ~= tostring(case.expected) then
    return 'conflict'
  end
end
if turn.once then redis.call('HSET', key('ids'), turn.once, '') end
if turn.state then redis.call('HSET', key('main'), 'state', turn.state) end
local first = redis.call('LLEN', key('log')) + 1
local posted = redis.call('HGET', key('main'), 'posted') == '1'
for _, line in ipairs(turn.lines) do
  local number = redis.call('RPUSH', key('log'), line)
  if posted then redis.call('RPUSH', key('outbox'), cjson.encode({line = number})) end
end
if posted and #turn.lines > 0 then
  local place = redis.call('INCR', prefix .. ':outbox:seq')
  redis.call('ZADD', prefix .. ':outbox', 'NX', place, conversation)
  redis.call('RPUSH', prefix .. ':outbox:bell', '1')
  redis.call('LTRIM', prefix .. ':outbox:bell', -64, -1)
end
local last = redis.call('LLEN', key('log'))
for _, id in ipairs(turn.handled) do
  redis.call('HSET', key('ids'), id, first .. ':' .. last)
  redis.call('HSET', key('main'), 'seen', id)
end
if #turn.handled > 0 then redis.call('LTRIM', key('inbox'), #turn.handled, -1) end
for _, button in ipairs(turn.buttons) do redis.call('HSET', key('buttons'), button[2], button[1]) end
for _, case in ipairs(turn.cases) do
  local name = prefix .. ':case:' .. case.id
  redis.call('HSET', name, 'json', case.json, 'revision', tostring(case.expected + 1))
  redis.call('HSETNX', name, 'from', tostring(case.from))
  redis.call('ZADD', prefix .. ':changes', redis.call('INCR', prefix .. ':changes:seq'), case.id)
  redis.call('ZADD', prefix .. ':cases', case.opened, case.id)
  redis.call('ZADD', key('cases'), case.opened, case.id)
  if case.due > 0 then
    redis.call('ZADD', prefix .. ':watched', case.due, case.id)
  else
    redis.call('ZREM', prefix .. ':watched', case.id)
  end
  if case.holds then
    held = case.id
  elseif held == case.id then
    held = turn.held_else
  end
end
redis.call('HSET', key('main'), 'held', held)
if turn.inbox and #turn.inbox > 0 then
  redis.call('LPUSH', key('inbox'), unpack(turn.inbox))
  redis.call('HSET', key('main'), 'attempts', '0')
  if not redis.call('ZSCORE', prefix .. ':leases', conversation) then
    redis.call('ZADD', prefix .. ':ready', '0', conversation)
    redis.call('RPUSH', prefix .. ':bell', '1')
  end
end
for _, fact in ipairs(turn.facts) do
  redis.call('XADD', prefix .. ':events', '*', 'fact', fact)
end
redis.call('PUBLISH', prefix .. ':done', conversation)
if token == '' then return 'done' end
if redis.call('LLEN', key('inbox')) > 0 then
  redis.call('HSET', key('main'), 'attempts', '1')
  return 'more'
end
redis.call('HSET', key('main'), 'attempts', '0')
redis.call('HDEL', key('main'), 'lease')
redis.call('ZREM', prefix .. ':leases', conversation)
return 'done'
