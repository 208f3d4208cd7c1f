# Prints all rounds and their medians as a JSON array.

BEGIN {
  names = split("requests_per_second p50_ms p90_ms p99_ms max_ms cpu_us_per_request memory_mib server_busy generator_busy others_busy non_2xx socket_errors", name, " ")
}

{ store_round() }

function object(key, n,    i, text) {
  for (i = 1; i <= names; i++)
    text = text (i > 1 ? ", " : "") sprintf("\"%s\": %.3f", name[i], n ? figure[key, n, name[i]] : median(key, name[i]))
  return "{" text "}"
}

END {
  print "["
  for (i = 1; i <= keys; i++) {
    key = order[i]
    split(key, part, SUBSEP)
    printf "    {\"system\": \"%s\", \"token_cache\": \"%s\", \"discarded_rounds\": %d,\n      \"median\": %s,\n      \"rounds\": [\n", part[2], part[1], discarded[key], object(key, 0)
    for (n = 1; n <= rounds[key]; n++) printf "        %s%s\n", object(key, n), n < rounds[key] ? "," : ""
    printf "      ]}%s\n", i < keys ? "," : ""
  }
  print "  ]"
}
