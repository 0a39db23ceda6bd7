-- Reads cases with what was said in them, in one answer.
-- KEYS: prefix   ARGV: how many transcript lines to read at each end, references...
-- Returns JSON: for each reference nothing (an empty table), or the case's JSON text followed by
-- the lines of its transcript; of a long one the first and the last.
local prefix, most = KEYS[1], tonumber(ARGV[1])
local found = {}
local function add(case, log, from, to)
  for _, line in ipairs(redis.call('LRANGE', log, from, to)) do case[#case + 1] = line end
end
for index = 2, #ARGV do
  local case = {}
  local stored = redis.call('HMGET', prefix .. ':case:' .. ARGV[index], 'json', 'from')
  local readable, document = pcall(cjson.decode, stored[1] or '')
  if readable and type(document) == 'table' then
    case[1] = stored[1]
    local log = prefix .. ':c:log:' .. tostring(document.conversation)
    local from = tonumber(stored[2] or '1') - 1
    add(case, log, from, from + most - 1)
    add(case, log, math.max(from + most, redis.call('LLEN', log) - most), -1)
  end
  found[index - 1] = case
end
return cjson.encode(found)
