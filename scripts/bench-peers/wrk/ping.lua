-- GET /v1/ping without credentials; wrk sends the request of its command line as it is.

local directory = assert(os.getenv("BENCH_WRK"), "BENCH_WRK: not set")
local result = dofile(directory .. "/result.lua")

function done(summary, latency)
  result.write(summary, latency)
end
