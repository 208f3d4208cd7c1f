# shellcheck shell=bash
# One round of load on one system, and what it cost.

# cpu_ticks <root pids…>: user and system time of the process trees, in clock ticks, with reaped children.
cpu_ticks() {
  # Processes may end between the listing and the reading; those are not ours.
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | awk -v roots="$*" '
    {
      pid = $1
      sub(/^.*\) /, "")
      parent[pid] = $2
      ticks[pid] = $12 + $13 + $14 + $15
    }
    END {
      count = split(roots, list, " ")
      for (i = 1; i <= count; i++) wanted[list[i]] = 1
      for (pid in parent) {
        for (at = pid; at in parent && !(at in wanted); at = parent[at]) if (at <= 1) break
        if (at in wanted) sum += ticks[pid]
      }
      print sum + 0
    }'
}

# memory_mib <system>: proportional set size of its processes.
memory_mib() {
  local pids pid total=0 size
  read -ra pids <<<"$(pids_of "$1" | tr '\n' ' ')"
  for pid in $(descendants "${pids[@]}"); do
    size=$(awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null) || continue
    total=$((total + ${size:-0}))
  done
  printf '%d\n' $((total / 1024))
}

descendants() {
  local pid child
  for pid in "$@"; do
    printf '%s\n' "$pid"
    for child in $(cat "/proc/$pid/task/"*/children 2>/dev/null || true); do
      descendants "$child"
    done
  done
}

# busy_ticks <cpu list>: what all processes, and the hypervisor, took of these cores.
busy_ticks() {
  local cpus
  cpus=$(taskset -c "$1" awk '$1 == "Cpus_allowed_list:" { print $2 }' /proc/self/status)
  awk -v cpus="$cpus" '
    BEGIN {
      count = split(cpus, ranges, ",")
      for (i = 1; i <= count; i++) {
        ends = split(ranges[i], range, "-")
        for (cpu = range[1]; cpu <= range[ends]; cpu++) wanted["cpu" cpu] = 1
      }
    }
    $1 in wanted { sum += $2 + $3 + $4 + $9 }
    END { print sum + 0 }' /proc/stat
}

# generate <script> <path> <system> <seconds>: runs wrk; its results are in $BENCH_RESULT.
generate() {
  local script=$1 path=$2 system=$3 seconds=$4
  taskset -c "$load_cpus" wrk --threads "$(cpu_count "$load_cpus")" --connections "$connections" \
    --duration "${seconds}s" --timeout 5s --script "$peers/wrk/$script.lua" \
    "http://127.0.0.1:${port_of[$system]}$path" >"$log_directory/wrk.log" 2>&1 &
  load_generator_pid=$!
  local code=0
  wait "$load_generator_pid" || code=$?
  load_generator_pid=
  if ((code != 0)); then
    tail -n 15 "$log_directory/wrk.log" >&2
    fail "$INVALID" "wrk ended with code $code against $system"
  fi
}

# run_round <script> <path> <system> <seconds>: leaves what it measured in $round as name=value pairs.
# Not to be called in a subshell: the trap must know the load generator.
run_round() {
  local script=$1 path=$2 system=$3 seconds=$4 pids server_before server_after busy_before busy_after
  rm -f "$BENCH_RESULT"
  read -ra pids <<<"$(pids_of "$system" | tr '\n' ' ')"
  server_before=$(cpu_ticks "${pids[@]}")
  busy_before=$(busy_ticks "$server_cpus,$load_cpus")
  generate "$script" "$path" "$system" "$seconds"
  busy_after=$(busy_ticks "$server_cpus,$load_cpus")
  server_after=$(cpu_ticks "${pids[@]}")
  is_running "$system" || fail "$INVALID" "$system died under load; log: $log_directory/$system.log"
  [[ -s $BENCH_RESULT ]] || fail "$INVALID" "wrk left no result: $(tail -n 3 "$log_directory/wrk.log")"
  round=$(printf '%s server_ticks=%d busy_ticks=%d memory_mib=%d' "$(<"$BENCH_RESULT")" \
    $((server_after - server_before)) $((busy_after - busy_before)) "$(memory_mib "$system")")
}
