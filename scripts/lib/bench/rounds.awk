# Reads rounds as lines of name=value pairs and derives the figures that are reported. Included before report.awk and
# json.awk; -v ticks_per_second, server_cores and load_cores.

function read_round(    i, at) {
  delete value
  for (i = 1; i <= NF; i++) {
    at = index($i, "=")
    value[substr($i, 1, at - 1)] = substr($i, at + 1)
  }
}

# A round that was discarded because other processes disturbed it is counted, no more.
function store_round(    key, seconds, n) {
  read_round()
  key = value["cache"] SUBSEP value["system"]
  if (!(key in seen)) order[++keys] = key
  seen[key] = 1
  if (value["discarded"]) {
    discarded[key]++
    return
  }
  n = ++rounds[key]
  seconds = value["duration_us"] / 1e6
  figure[key, n, "requests_per_second"] = value["requests"] / seconds
  figure[key, n, "p50_ms"] = value["p50_us"] / 1000
  figure[key, n, "p90_ms"] = value["p90_us"] / 1000
  figure[key, n, "p99_ms"] = value["p99_us"] / 1000
  figure[key, n, "max_ms"] = value["max_us"] / 1000
  figure[key, n, "cpu_us_per_request"] = value["requests"] ? value["server_ticks"] / ticks_per_second * 1e6 / value["requests"] : 0
  figure[key, n, "memory_mib"] = value["memory_mib"]
  figure[key, n, "server_busy"] = value["server_ticks"] / ticks_per_second / seconds / server_cores
  figure[key, n, "generator_busy"] = value["generator_us"] / value["duration_us"] / load_cores
  figure[key, n, "others_busy"] = others_busy()
  figure[key, n, "non_2xx"] = value["status_errors"]
  figure[key, n, "socket_errors"] = value["connect_errors"] + value["read_errors"] + value["write_errors"] + value["timeouts"]
}

# The share of the server's and the generator's cores that neither of them used, but somebody did.
function others_busy(    seconds, others) {
  seconds = value["duration_us"] / 1e6
  others = (value["busy_ticks"] - value["server_ticks"]) / ticks_per_second - value["generator_us"] / 1e6
  return others < 0 ? 0 : others / seconds / (server_cores + load_cores)
}

function sorted(key, name,    i, j, x) {
  for (i = 1; i <= rounds[key]; i++) {
    x = figure[key, i, name] + 0
    for (j = i - 1; j >= 1 && list[j] > x; j--) list[j + 1] = list[j]
    list[j + 1] = x
  }
}

function median(key, name,    n) {
  sorted(key, name)
  n = rounds[key]
  return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

function least(key, name) { sorted(key, name); return list[1] }

function most(key, name) { sorted(key, name); return list[rounds[key]] }

function total(key, name,    i, sum) {
  for (i = 1; i <= rounds[key]; i++) sum += figure[key, i, name]
  return sum + 0
}
