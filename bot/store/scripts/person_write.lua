-- Writes a person in one step with what must hold then, or writes nothing and says why.
-- KEYS: prefix   ARGV: id, JSON, the JSON it was made from ('' for a new person), e-mail folded,
--                      owner of the one-time link that is used up with it ('' for none), its sha256
-- Returns 'written', 'changed' (somebody else wrote meanwhile), 'email_taken', 'last_admin',
-- 'link_gone' (used or replaced; `setup` also when there is a person already).
local prefix = KEYS[1]
local id, after, before, email, owner, hash = unpack(ARGV)
local people, emails, link = prefix .. ':people', prefix .. ':people:emails', prefix .. ':link:' .. owner

local function can_lead(text)
  local person = cjson.decode(text)
  return person.role == 'admin' and not person.disabled and person.password ~= ''
end

local function another_leads()
  local all = redis.call('HGETALL', people)
  for place = 1, #all, 2 do
    if all[place] ~= id and can_lead(all[place + 1]) then return true end
  end
  return false
end

if owner ~= '' then
  local there = redis.call('GET', link)
  if not there or cjson.decode(there).hash ~= hash then return 'link_gone' end
  if owner == 'setup' and redis.call('EXISTS', people) == 1 then return 'link_gone' end
end
if (redis.call('HGET', people, id) or '') ~= before then return 'changed' end
if before == '' then
  if redis.call('HSETNX', emails, email, id) == 0 then return 'email_taken' end
elseif can_lead(before) and not can_lead(after) and not another_leads() then
  return 'last_admin'
end
redis.call('HSET', people, id, after)
if owner ~= '' then redis.call('DEL', link) end
return 'written'
