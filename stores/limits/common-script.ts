/**
 * A call asks to be let in. Time is the server's, so hosts need not agree on theirs. Places of calls under way are leased: one whose
 * process ended is free once its lease has run out. A call's turn within the limits of a minute is after all turns given before it,
 * so turns are in the order of arrival, and what is a minute before the last of them never counts again. Asked again with the same id,
 * it gives the same turn.
 *
 * KEYS: calls under way (a sorted set: id, end of its lease), turns (a sorted set: id, time), state (a hash: tokens of each id in
 * turns, their sum `used`, and until when all wait, `held`).
 * ARGV: id, tokens, calls under way at most, calls and tokens a minute (-1 for no limit), milliseconds of a lease and of a minute.
 * Replies with the milliseconds until its turn; -1 where as many are under way as may be.
 */
export const enterScript = `
local calls, turns, state = KEYS[1], KEYS[2], KEYS[3]
local id, tokens, lease, minute = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[6]), tonumber(ARGV[7])
local function limit(text)
  local number = tonumber(text)
  return number < 0 and math.huge or number
end
local most, requests, most_tokens = limit(ARGV[3]), limit(ARGV[4]), limit(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('ZSCORE', turns, id)
if not known then
  redis.call('ZREMRANGEBYSCORE', calls, '-inf', now)
  if not redis.call('ZSCORE', calls, id) and redis.call('ZCARD', calls) >= most then return -1 end
end
redis.call('ZADD', calls, now + lease, id)
redis.call('PEXPIRE', calls, 2 * lease)
if known then return math.max(0, known - now) end
local turn = math.max(now, tonumber(redis.call('HGET', state, 'held') or 0))
local last = redis.call('ZRANGE', turns, -1, -1, 'WITHSCORES')[2]
if last then turn = math.max(turn, tonumber(last)) end
local count = redis.call('ZCARD', turns)
-- A long hold outlives the turns: their tokens do not count any more.
if count == 0 then
  local held = redis.call('HGET', state, 'held')
  redis.call('DEL', state)
  if held then redis.call('HSET', state, 'held', held) end
end
local used = tonumber(redis.call('HGET', state, 'used') or 0)
local function forget(other)
  local its = tonumber(redis.call('HGET', state, other) or 0)
  redis.call('ZREM', turns, other)
  redis.call('HDEL', state, other)
  used = redis.call('HINCRBY', state, 'used', -its)
  count = count - 1
end
while count > 0 do
  local oldest = redis.call('ZRANGE', turns, 0, 0, 'WITHSCORES')
  local free = tonumber(oldest[2]) + minute
  if free > turn and count < requests and used + tokens <= most_tokens then break end
  forget(oldest[1])
  turn = math.max(turn, free)
end
if requests < math.huge or most_tokens < math.huge then
  redis.call('ZADD', turns, turn, id)
  redis.call('HSET', state, id, tokens)
  redis.call('HINCRBY', state, 'used', tokens)
end
for _, key in ipairs({turns, state}) do redis.call('PEXPIRE', key, turn - now + 2 * minute) end
return turn - now
`;

/**
 * A call is over, or was given up before its turn.
 *
 * KEYS: as above. ARGV: id, and the tokens that it really used: -1 where nobody knows, -2 where it was never made.
 */
export const leaveScript = `
local calls, turns, state = KEYS[1], KEYS[2], KEYS[3]
local id, really = ARGV[1], tonumber(ARGV[2])
redis.call('ZREM', calls, id)
local tokens = tonumber(redis.call('HGET', state, id))
if not tokens or really == -1 then return end
if really == -2 then
  redis.call('ZREM', turns, id)
  redis.call('HDEL', state, id)
  really = 0
else
  redis.call('HSET', state, id, really)
end
redis.call('HINCRBY', state, 'used', really - tokens)
`;

/** The leases of calls under way are renewed. KEYS: calls under way. ARGV: milliseconds of a lease, and ids. */
export const renewScript = `
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
for index = 2, #ARGV do redis.call('ZADD', KEYS[1], ends, ARGV[index]) end
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[1])
`;

/** Nobody's turn is sooner than so many milliseconds from now. KEYS: state. ARGV: milliseconds, and those of a minute. */
export const holdScript = `
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
local held = tonumber(redis.call('HGET', KEYS[1], 'held') or 0)
if ends > held then redis.call('HSET', KEYS[1], 'held', ends) end
local left = redis.call('PTTL', KEYS[1])
if left < ARGV[1] + 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1] + ARGV[2]) end
`;
