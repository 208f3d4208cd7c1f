# shellcheck shell=bash
# What a reader needs to judge the figures: the machine, the versions, the command; a table and a JSON file.

machine_line() {
  printf '%s, %d cores, %d GiB, Linux %s; server on cores %s, generator on cores %s' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc --all)" \
    "$(awk '$1 == "MemTotal:" { print int($2 / 1048576 + 0.5) }' /proc/meminfo)" "$(uname -r)" \
    "$server_cpus" "$load_cpus"
}

wrk_version() { wrk --version 2>&1 | awk 'NR == 1 { print $1, $2; exit }'; }

print_context() {
  local system
  printf 'machine:  %s\n' "$(machine_line)"
  for system in "${systems[@]}"; do
    printf 'version:  %s\n' "$("version_$system")"
  done
  printf 'version:  %s\n' "$(wrk_version)"
  printf 'date:     %s\n' "$(date --utc +%Y-%m-%dT%H:%M:%SZ)"
  printf 'command:  %s\n' "$command_line"
}

figures() {
  awk -v ticks_per_second="$(getconf CLK_TCK)" -v server_cores="$(cpu_count "$server_cpus")" \
    -v load_cores="$(cpu_count "$load_cpus")" -f "$library/rounds.awk" -f "$library/$1.awk" "$2"
}

json_text() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

write_json() {
  local benchmark=$1 rounds_file=$2 valid=$3 system separator=
  printf '{\n  "benchmark": %s,\n  "valid": %s,\n  "date": "%s",\n' \
    "$(json_text "$benchmark")" "$valid" "$(date --utc +%Y-%m-%dT%H:%M:%SZ)"
  printf '  "command": %s,\n  "machine": %s,\n  "generator": %s,\n  "versions": {' \
    "$(json_text "$command_line")" "$(json_text "$(machine_line)")" "$(json_text "$(wrk_version)")"
  for system in "${systems[@]}"; do
    printf '%s"%s": %s' "$separator" "$system" "$(json_text "$("version_$system")")"
    separator=', '
  done
  printf '},\n  "connections": %d,\n  "seconds": %d,\n  "results": ' "$connections" "$round_seconds"
  figures json "$rounds_file"
  printf '}\n'
}

# report <benchmark> <rounds file>: prints everything; 1 when the run is invalid.
report() {
  local benchmark=$1 rounds_file=$2 valid=true result_file
  printf '\n%s: %d connections, %d rounds of %d s, medians\n\n' "$benchmark" "$connections" "$rounds" "$round_seconds"
  figures table "$rounds_file" || valid=false
  printf '\n'
  print_context
  mkdir -p "$run_directory/results"
  result_file=$run_directory/results/$(date --utc +%Y%m%dT%H%M%SZ)-$benchmark.json
  write_json "$benchmark" "$rounds_file" "$valid" >"$result_file"
  printf 'results:  %s\n' "${result_file#"$root"/}"
  [[ $valid == true ]] || fail "$INVALID" "the run is invalid; its figures must not be used"
}
