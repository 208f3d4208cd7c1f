-- The requests of the file BENCH_REQUESTS in rotation, as they stand there: each behind a line with its length, and
-- with an end of line after it.

local directory = assert(os.getenv("BENCH_WRK"), "BENCH_WRK: not set")
local result = dofile(directory .. "/result.lua")

local requests = {}
local count = 0
local at = 0

function init()
  local path = assert(os.getenv("BENCH_REQUESTS"), "BENCH_REQUESTS: not set")
  local file = assert(io.open(path, "rb"))
  for line in function() return file:read("*l") end do
    count = count + 1
    local length = assert(tonumber(line), path .. ": " .. line .. " (expected: a length)")
    requests[count] = file:read(length)
    file:read(1)
  end
  file:close()
  assert(count > 0, path .. ": holds no request")
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  result.write(summary, latency)
end
