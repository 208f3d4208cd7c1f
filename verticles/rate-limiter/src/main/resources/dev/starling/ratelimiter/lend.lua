-- Lends permits of one or more rules, of all of them or of none.
--
-- KEYS  one for each rule and caller: a hash with the state of the rule's windows
-- ARGV  the time in microseconds, or "" for that of the server; then for each key
--         need, want, number of windows, and for each window
--           kind, permits, length in microseconds, permits at once, longest delay in microseconds
--
-- Answers with integers. Lent:
--   1, and for each key: permits, valid for ms, delay in us, spacing in us, then for each window
--   permits left, ms until it is full again
-- Refused, when a key has not as many as it needs, and nothing was changed:
--   0, number of the key, number of its window, ms to wait, and the same two for each window
--
-- Numbers are doubles: microseconds since the epoch take 51 of their 53 bits.

local TOKEN_BUCKET, LEAKY_BUCKET, FIXED_WINDOW = 0, 1, 2
local EPSILON = 1e-9
local VALID_MILLIS = 500

local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local argument = 1
local function next_number()
  argument = argument + 1
  return tonumber(ARGV[argument])
end

-- Works out what a window has now from the three numbers that are kept of it. The clock may be
-- behind that of an earlier run, after a failover: then no time has passed since.
local function read(window, a, b, c)
  window.at = now
  if window.kind == TOKEN_BUCKET then
    -- a: permits there were, b: when
    window.level = window.burst
    if a then
      window.at = math.max(now, b)
      window.level = math.min(window.burst, a + (window.at - b) * window.rate)
    end
    window.free = math.floor(window.level + EPSILON)
  elseif window.kind == LEAKY_BUCKET then
    -- a: permits that were to leave, b: when
    window.level = 0
    if a then
      window.at = math.max(now, b)
      window.level = math.max(0, a - (window.at - b) * window.rate)
    end
    window.delay = window.level / window.rate
    window.free = 0
    if window.delay <= window.max_delay + EPSILON then
      window.free = math.floor((window.max_delay - window.delay) * window.rate + EPSILON) + 1
    end
  else
    -- a: number of the window, b: what was spent in it, c: in the one before
    window.index = math.floor(now / window.length)
    window.level = 0
    window.before = 0
    if a and a >= window.index then
      window.index, window.level, window.before = a, b, c
    elseif a == window.index - 1 then
      window.before = b
    end
    window.left = (window.index + 1) * window.length - now
    window.free = window.permits - window.level
    if window.kind ~= FIXED_WINDOW then
      window.free = math.floor(
        window.free - window.before * math.min(1, window.left / window.length) + EPSILON)
    end
  end
  window.free = math.max(0, window.free)
end

-- Microseconds until so many permits are there; 0 if they are now.
local function wait(window, need)
  if window.kind == LEAKY_BUCKET then
    return window.free >= 1 and 0 or window.delay - window.max_delay
  elseif window.free >= need then
    return 0
  elseif window.kind == TOKEN_BUCKET then
    return (need - window.level) / window.rate
  elseif window.kind == FIXED_WINDOW then
    return window.left
  end
  local free = window.permits - need - window.level
  if free >= 0 then
    return window.left - free * window.length / window.before
  end
  local overlap = math.min(1, (window.permits - need) / window.level)
  return window.left + (1 - overlap) * window.length
end

local function spend(window, permits)
  if window.kind == TOKEN_BUCKET then
    window.level = window.level - permits
  else
    window.level = window.level + permits
  end
  window.free = math.max(0, window.free - permits)
end

-- Microseconds until the window is as new.
local function reset(window)
  if window.kind == TOKEN_BUCKET then
    return (window.burst - window.level) / window.rate
  elseif window.kind == LEAKY_BUCKET then
    return window.level / window.rate
  elseif window.kind == FIXED_WINDOW then
    return window.left
  end
  return window.left + window.length
end

local function kept(window)
  if window.index then
    return window.index, window.level, window.before
  end
  return window.level, window.at, 0
end

local function millis(micros)
  return math.ceil(micros / 1000)
end

local function append_levels(answer, windows)
  for _, window in ipairs(windows) do
    answer[#answer + 1] = window.free
    answer[#answer + 1] = millis(reset(window))
  end
end

local rules = {}
local refused_key, refused_window, longest = 0, 0, 0
for k = 1, #KEYS do
  local rule = { need = next_number(), want = next_number(), windows = {} }
  local fields = {}
  for w = 1, next_number() do
    local window = {
      kind = next_number(),
      permits = next_number(),
      length = next_number(),
      burst = next_number(),
      max_delay = next_number(),
    }
    window.rate = window.permits / window.length
    rule.windows[w] = window
    fields[#fields + 1] = w .. 'a'
    fields[#fields + 1] = w .. 'b'
    fields[#fields + 1] = w .. 'c'
  end
  local state = redis.call('HMGET', KEYS[k], unpack(fields))
  rule.lend = rule.want
  for w, window in ipairs(rule.windows) do
    read(
      window,
      tonumber(state[3 * w - 2] or nil),
      tonumber(state[3 * w - 1] or nil),
      tonumber(state[3 * w] or nil))
    local waits = wait(window, rule.need)
    if waits > longest then
      refused_key, refused_window, longest = k, w, waits
    end
    rule.lend = math.min(rule.lend, math.max(rule.need, window.free))
  end
  rules[k] = rule
end

if longest > 0 then
  local answer = { 0, refused_key - 1, refused_window - 1, millis(longest) }
  for _, rule in ipairs(rules) do
    append_levels(answer, rule.windows)
  end
  return answer
end

local answer = { 1 }
for k, rule in ipairs(rules) do
  local valid, delay, spacing, idle = VALID_MILLIS, 0, 0, 0
  local state = {}
  for w, window in ipairs(rule.windows) do
    if window.kind == LEAKY_BUCKET then
      delay = math.max(delay, window.delay)
      spacing = math.max(spacing, 1 / window.rate)
    elseif window.kind == FIXED_WINDOW then
      valid = math.min(valid, math.floor(window.left / 1000))
    end
    spend(window, rule.lend)
    idle = math.max(idle, reset(window))
    for f, number in ipairs({ kept(window) }) do
      state[#state + 1] = w .. string.char(96 + f)
      state[#state + 1] = string.format('%.17g', number)
    end
  end
  redis.call('HSET', KEYS[k], unpack(state))
  redis.call('PEXPIRE', KEYS[k], millis(idle) + 1000)
  answer[#answer + 1] = rule.lend
  answer[#answer + 1] = valid
  answer[#answer + 1] = math.ceil(delay)
  answer[#answer + 1] = math.ceil(spacing)
  append_levels(answer, rule.windows)
end
return answer
