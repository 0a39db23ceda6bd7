-- Ends a sending of a digest; a fact, if there is one, is written by whoever ends it first.
-- KEYS: prefix   ARGV: 'team|opening|way', fact JSON or ''
local prefix = KEYS[1]
if redis.call('ZREM', prefix .. ':digests:due', ARGV[1]) == 1 and ARGV[2] ~= '' then
  redis.call('XADD', prefix .. ':events', '*', 'fact', ARGV[2])
end
