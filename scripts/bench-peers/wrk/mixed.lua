-- Good requests between bad ones: 12 of 20 are GET /v1/users/me with the access tokens of BENCH_TOKENS in rotation,
-- the others are what scripts/lib/bench/mixed.sh checks one by one. Counts the answers by status.

local directory = assert(os.getenv("BENCH_WRK"), "BENCH_WRK: not set")
local result = dofile(directory .. "/result.lua")

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local good = {}
local bad = {}
local sent = 0

statuses = {} -- global, so that done() can read it from the thread

local function headers(extra)
  local all = { ["Host"] = wrk.host .. ":" .. wrk.port, ["Accept"] = "application/json" }
  for name, value in pairs(extra or {}) do
    all[name] = value
  end
  return all
end

local function with_token(token)
  return wrk.format("GET", "/v1/users/me", headers({ ["Authorization"] = "Bearer " .. token }))
end

-- The ids of the first users, in the order of their tokens.
local function first_users(count)
  local lines = io.lines((assert(os.getenv("BENCH_USERS"), "BENCH_USERS: not set")))
  lines() -- the heading
  local ids = {}
  for line in lines do
    table.insert(ids, line:match("^[^,]+"))
    if #ids == count then
      break
    end
  end
  return ids
end

-- One kind of bad request: the same each time, or one of several in rotation.
local function add(...)
  table.insert(bad, { wrk.format(...) })
end

function init()
  local tokens = assert(os.getenv("BENCH_TOKENS"), "BENCH_TOKENS: not set")
  local bad_tokens = assert(os.getenv("BENCH_BAD_TOKENS"), "BENCH_BAD_TOKENS: not set")
  -- One user alone would spend the permits of a day within minutes and get 429 from then on.
  local users = first_users(1000)
  local malformed, plain = {}, {}
  local function change(id, token, content_type, body)
    local all = headers({
      ["Authorization"] = "Bearer " .. token,
      ["If-Match"] = '"1"',
      ["Content-Type"] = content_type,
    })
    return wrk.format("PATCH", "/v1/users/" .. id, all, body)
  end
  for token in io.lines(tokens) do
    table.insert(good, with_token(token))
    local id = users[#good]
    if id then
      table.insert(malformed, change(id, token, "application/json", '{"name":'))
      table.insert(plain, change(id, token, "text/plain", "hello"))
    end
  end
  table.insert(bad, malformed)
  table.insert(bad, plain)
  for line in io.lines(bad_tokens) do
    table.insert(bad, { with_token((line:match("\t(.*)$"))) })
  end
  local long = ("0"):rep(32768)
  add("GET", "/v1/ping", headers())
  add("GET", "/v1/users/me", headers())
  add("GET", "/v1/no/such/route", headers())
  add("GET", "/v1/%zz", headers())
  add("DELETE", "/v1/ping", headers())
  add("BREW", "/v1/ping", headers())
  add("GET", "/v1/ping", headers({ ["X-Huge"] = long }))
  add("GET", "/v1/ping?q=" .. long, headers())
end

function request()
  sent = sent + 1
  if sent % 20 < 12 then
    return good[sent % #good + 1]
  end
  local kind = bad[sent % #bad + 1]
  return kind[math.floor(sent / #bad) % #kind + 1]
end

function response(status)
  statuses[status] = (statuses[status] or 0) + 1
end

function done(summary, latency)
  local all = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do
      all[status] = (all[status] or 0) + count
    end
  end
  local seen, server_errors = {}, 0
  for status, count in pairs(all) do
    table.insert(seen, status .. ":" .. count)
    if status >= 500 then
      server_errors = server_errors + count
    end
  end
  table.sort(seen)
  result.write(summary, latency,
    string.format(" server_errors=%d statuses=%s", server_errors, table.concat(seen, ",")))
end
