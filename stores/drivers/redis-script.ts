import type { CommitOutcome, SpaceCommit } from "../record-store.ts";

/**
 * Commits to spaces of one family, one after the other, and remembers what came of them under the writer's name. A writer
 * numbers its calls upwards and has one under way at a time: a call that comes again, as its reply was lost, gets the
 * remembered outcomes; one that comes after a later one was delayed on its way and is refused. So is every call of a
 * writer whose last acknowledged call the server does not know any more: it was restarted, or another took its place, and
 * what this writer builds on may be gone.
 *
 * KEYS: records (a sorted set, all scores 0), sequences (a hash), writer (a string).
 * ARGV: numbers of the call and of the last one acknowledged (0 for none), seconds to remember; then for each space commit: name, count and pairs of expectations,
 * count and keys to delete (-1 to drop the space), count and pairs to put.
 * Replies with the outcomes in order: a sequence, or the places of the expectations that were not met, as in `x0,2`.
 */
export const commitScript = `
local records, sequences, writer = KEYS[1], KEYS[2], KEYS[3]
local call, acknowledged = tonumber(ARGV[1]), tonumber(ARGV[2])
local number, known = string.match(redis.call('GET', writer) or '0 ', '^(%d+) (.*)$')
local last = tonumber(number)
if last == call then return known end
if last > call then return redis.error_reply('STALE a later call of this writer was executed') end
if last < acknowledged then return redis.error_reply('LOST an acknowledged call of this writer is not known') end
local position = 3
local function take()
  position = position + 1
  return ARGV[position]
end
local function range(space, key)
  local name = space .. '\\0' .. key
  return '[' .. name .. '\\0', '(' .. name .. '\\1'
end
local function version(space, key)
  local from, to = range(space, key)
  local found = redis.call('ZRANGEBYLEX', records, from, to, 'LIMIT', 0, 1)[1]
  return found and string.match(found, '^%d+', #from) or 'absent'
end
local function remove(space, key)
  local from, to = range(space, key)
  redis.call('ZREMRANGEBYLEX', records, from, to)
end
local outcomes = {}
while position < #ARGV do
  local space, conflicts = take(), {}
  for place = 0, tonumber(take()) - 1 do
    local key, expected = take(), take()
    if version(space, key) ~= expected then conflicts[#conflicts + 1] = place end
  end
  local deletes = tonumber(take())
  local drops = deletes < 0
  if drops then deletes = 0 end
  local first_delete = position + 1
  position = position + deletes
  local puts = tonumber(take())
  local first_put = position + 1
  position = position + 2 * puts
  if #conflicts > 0 then
    outcomes[#outcomes + 1] = 'x' .. table.concat(conflicts, ',')
  elseif drops then
    redis.call('ZREMRANGEBYLEX', records, '[' .. space .. '\\0', '(' .. space .. '\\1')
    redis.call('HDEL', sequences, space)
    outcomes[#outcomes + 1] = '0'
  else
    local sequence = string.format('%.0f', redis.call('HINCRBY', sequences, space, 1))
    for index = first_delete, first_delete + deletes - 1 do remove(space, ARGV[index]) end
    for index = first_put, first_put + 2 * puts - 2, 2 do
      remove(space, ARGV[index])
      redis.call('ZADD', records, 0, space .. '\\0' .. ARGV[index] .. '\\0' .. sequence .. '\\0' .. ARGV[index + 1])
    end
    outcomes[#outcomes + 1] = sequence
  end
end
local reply = table.concat(outcomes, ' ')
redis.call('SET', writer, ARGV[1] .. ' ' .. reply, 'EX', ARGV[3])
return reply
`;

/**
 * How many of a family's records lie in a range of places, and the bytes they take: names of their spaces and versions
 * included, as Redis keeps both with each.
 *
 * KEYS: records. ARGV: first and last place.
 */
export const sizeScript = `
local members = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2])
local bytes = 0
for _, member in ipairs(members) do bytes = bytes + #member end
return {#members, bytes}
`;

/** One space commit as the script reads it. `name` is the space's name within its family. */
export function argumentsOf(name: string, { expect = [], put = {}, delete: gone = [], drop }: SpaceCommit): string[] {
  const pairs = Object.entries(put);
  return [
    name,
    String(expect.length),
    ...expect.flatMap(([key, version]) => [key, String(version)]),
    String(drop === true ? -1 : gone.length),
    ...gone,
    String(pairs.length),
    ...pairs.flat(),
  ];
}

/** The script's reply for the changes it was given. */
export function outcomesOf(reply: string, changes: readonly SpaceCommit[]): CommitOutcome[] {
  return reply.split(" ").map((outcome, index) => {
    if (!outcome.startsWith("x")) return { committed: true, sequence: Number(outcome) };
    const places = outcome.slice(1).split(",").map(Number);
    const conflicts = places.flatMap((place) => changes[index]?.expect?.[place]?.[0] ?? []);
    return { committed: false, conflicts };
  });
}
