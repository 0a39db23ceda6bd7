-- Counts a try before it is made, so that tries side by side are counted too.
-- KEYS: prefix   ARGV: sha256 of whose try it is, its own name, now ms, most, window ms
-- Returns 0, or the ms until the next try: a window from the last of `most` tries within a window.
local key = KEYS[1] .. ':tries:' .. ARGV[1]
local now, most, window = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('ZCARD', key) >= most then
  local free = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]) + window
  if now < free then return free - now end
  redis.call('DEL', key)
end
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
redis.call('ZADD', key, now, ARGV[2])
redis.call('PEXPIRE', key, window)
return 0
