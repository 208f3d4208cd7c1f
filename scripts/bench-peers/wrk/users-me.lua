-- GET /v1/users/me with the access tokens of BENCH_TOKENS in rotation. The requests are formatted once, so that
-- the generator does no work per request that a server would be charged for.

local directory = assert(os.getenv("BENCH_WRK"), "BENCH_WRK: not set")
local result = dofile(directory .. "/result.lua")

local threads = 0

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
end

local requests = {}
local count = 0
local at = 0

function init()
  local path = assert(os.getenv("BENCH_TOKENS"), "BENCH_TOKENS: not set")
  for token in io.lines(path) do
    count = count + 1
    requests[count] = wrk.format("GET", "/v1/users/me", {
      ["Host"] = wrk.host .. ":" .. wrk.port,
      ["Accept"] = "application/json",
      ["Authorization"] = "Bearer " .. token,
    })
  end
  assert(count > 0, path .. ": holds no token")
  at = (thread_number * 1237) % count -- threads start apart
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  result.write(summary, latency)
end
