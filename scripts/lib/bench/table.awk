# Prints the medians of all rounds as a Markdown table, then what to think of them. Exits 1 when a request failed.

{ store_round() }

END {
  reference = "gin"
  for (i = 1; i <= keys; i++) if (order[i] ~ /baseline$/) reference = "baseline"
  print "| token cache | system | req/s | least..most | to " reference " | p50 ms | p99 ms | CPU µs/req | MiB | non-2xx | socket errors |"
  print "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
  for (i = 1; i <= keys; i++) {
    key = order[i]
    split(key, part, SUBSEP)
    peer = part[1] SUBSEP reference
    speed = median(key, "requests_per_second")
    printf "| %s | %s | %.0f | %.0f..%.0f | %s | %.2f | %.2f | %.2f | %d | %d | %d |\n",
      part[1], part[2], speed, least(key, "requests_per_second"), most(key, "requests_per_second"),
      (peer in rounds) ? sprintf("%.2f", speed / median(peer, "requests_per_second")) : "-",
      median(key, "p50_ms"), median(key, "p99_ms"), median(key, "cpu_us_per_request"),
      median(key, "memory_mib"), total(key, "non_2xx"), total(key, "socket_errors")
  }
  print ""
  for (i = 1; i <= keys; i++) {
    key = order[i]
    split(key, part, SUBSEP)
    name = part[2] (part[1] == "-" ? "" : ", token cache " part[1])
    if (median(key, "generator_busy") > 0.95)
      printf "NOTE: %s: the load generator used %.0f %% of its cores, so the system may be faster than shown.\n", name, 100 * median(key, "generator_busy")
    if (median(key, "server_busy") < 0.90)
      printf "NOTE: %s: the system used only %.0f %% of its cores.\n", name, 100 * median(key, "server_busy")
    disturbed = 0
    for (n = 1; n <= rounds[key]; n++) if (figure[key, n, "others_busy"] > 0.05) disturbed++
    if (discarded[key])
      printf "NOTE: %s: %d more rounds were disturbed by other processes and discarded.\n", name, discarded[key]
    if (disturbed)
      printf "DISTURBED: %s: in %d of %d rounds other processes took more than 5 %% of the cores (most: %.0f %%); do not publish.\n", name, disturbed, rounds[key], 100 * most(key, "others_busy")
    if (total(key, "non_2xx") + total(key, "socket_errors") > 0) {
      printf "INVALID: %s: %d answers that are no success, %d socket errors (expected: none).\n", name, total(key, "non_2xx"), total(key, "socket_errors")
      invalid = 1
    }
  }
  exit invalid
}
