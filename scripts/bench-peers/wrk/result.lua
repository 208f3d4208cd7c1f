-- Writes what one wrk run measured as a line of name=value pairs into the file that BENCH_RESULT names.
-- Times are in microseconds, latencies as wrk keeps them: from the first byte of the request that is written to the
-- last of the answer, of a closed loop.

local M = {}

function M.write(summary, latency, extra)
  local path = assert(os.getenv("BENCH_RESULT"), "BENCH_RESULT: not set")
  local file = assert(io.open(path, "w"))
  local errors = summary.errors
  file:write(string.format(
    "requests=%d duration_us=%d generator_us=%d p50_us=%d p90_us=%d p99_us=%d max_us=%d "
      .. "status_errors=%d connect_errors=%d read_errors=%d write_errors=%d timeouts=%d%s\n",
    summary.requests, summary.duration, os.clock() * 1e6, -- CPU time of this process
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    errors.status, errors.connect, errors.read, errors.write, errors.timeout, extra or ""))
  file:close()
end

return M
