# shellcheck shell=bash
# Starling under good and bad requests together, for minutes: no 5xx, nothing blocked, as fit after as before.

readonly SLICE_SECONDS=60 # a line is printed after each

# check_refusals <system>: each kind of bad request of mixed.lua, alone, and the statuses it may get.
check_refusals() {
  local system=$1 long user token name statuses arguments path
  long=$(printf '%032768d' 0)
  user=$(sed -n '2s/,.*//p' "$data_directory/users.csv")
  token=$(sed -n 1p "$data_directory/tokens.txt")
  while IFS='|' read -r name statuses path arguments; do
    arguments=${arguments//@LONG@/$long}
    read -ra arguments <<<"${arguments//@TOKEN@/$token}" # no argument holds a space
    path=${path//@LONG@/$long}
    answer "$system" "${path//@USER@/$user}" "${arguments[@]}"
    expect "$system" "$name gives one of $statuses" grep -Eqx "${statuses//,/|}" <<<"$status"
    note "  $name: $status"
  done <<'END'
unknown route|404|/v1/no/such/route|--request GET
bad percent-encoding|400,404|/v1/%zz|--request GET
wrong method|404,405|/v1/ping|--request DELETE
unknown method|400,404,405|/v1/ping|--request BREW
malformed JSON|400,404|/v1/users/@USER@|--request PATCH --oauth2-bearer @TOKEN@ --header if-match:"1" --header content-type:application/json --data {"name":
not JSON at all|404,415|/v1/users/@USER@|--request PATCH --oauth2-bearer @TOKEN@ --header if-match:"1" --header content-type:text/plain --data hello
huge header|400,431|/v1/ping|--header x-huge:@LONG@
long URI|400,404,414,431|/v1/ping?q=@LONG@|--request GET
END
}

# run_mixed <system> <seconds>
run_mixed() {
  local system=$1 left=$2 seconds elapsed=0 failed=0 before blocked
  check_users_me "$system"
  check_ping "$system"
  check_refusals "$system"
  before=$(memory_mib "$system")
  printf '%8s %9s %8s %8s %6s  %s\n' seconds req/s p50-ms p99-ms MiB statuses
  while ((left > 0)); do
    seconds=$((left < SLICE_SECONDS ? left : SLICE_SECONDS))
    run_round mixed / "$system" "$seconds"
    left=$((left - seconds))
    elapsed=$((elapsed + seconds))
    printf 'cache=- system=%s %s\n' "$system" "$round" >>"$rounds_file"
    mixed_line "$elapsed" <<<"$round"
    if ! grep -Eq '(^| )server_errors=0( |$)' <<<"$round"; then
      failed=1
    fi
  done
  printf '\n'
  print_context
  printf 'memory:   %d MiB before, %d MiB after\n' "$before" "$(memory_mib "$system")"
  check_users_me "$system"
  check_ping "$system"
  printf 'after:    the node still does its job\n'
  if blocked=$(grep -i 'blocked' "$log_directory/$system.log"); then
    fail "$INVALID" "an event loop was blocked:"$'\n'"$(head -n 5 <<<"$blocked")"
  fi
  printf 'log:      no "blocked" warning\n'
  ((failed == 0)) || fail "$INVALID" "answers with status 5xx (expected: none)"
  printf 'statuses: no 5xx\n'
}

mixed_line() {
  awk -v elapsed="$1" '{
    for (i = 1; i <= NF; i++) { at = index($i, "="); value[substr($i, 1, at - 1)] = substr($i, at + 1) }
    printf "%8d %9.0f %8.2f %8.2f %6d  %s, socket errors: %d\n", elapsed, value["requests"] * 1e6 / value["duration_us"],
      value["p50_us"] / 1000, value["p99_us"] / 1000, value["memory_mib"], value["statuses"],
      value["connect_errors"] + value["read_errors"] + value["write_errors"] + value["timeouts"]
  }'
}
