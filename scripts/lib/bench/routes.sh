# shellcheck shell=bash
# Whether a thousand announced routes are slower than ten: two nodes that differ in nothing else, by turns.

# run_routes: prints the median of each and their ratio.
run_routes() {
  local jars=$scratch_directory/routes count number
  mkdir -p "$jars/classes/META-INF/services"
  "$java_home/bin/javac" --release 17 -cp "$starling_jar" -d "$jars/classes" "$library/ManyRoutes.java"
  echo ManyRoutes >"$jars/classes/META-INF/services/dev.starling.sdk.ServiceVerticle"
  "$java_home/bin/jar" --create --file "$jars/many-routes.jar" -C "$jars/classes" .
  for count in 10 1000; do
    start_routes "$count" "$jars"
  done
  for count in 10 1000; do
    note "warming $count routes up for $warmup s"
    route_round "$count" "$warmup" >/dev/null
  done
  : >"$scratch_directory/routes.txt"
  for ((number = 1; number <= rounds; number++)); do
    for count in 10 1000; do
      printf '%s %s\n' "$count" "$(route_round "$count" "$round_seconds")" | tee -a "$scratch_directory/routes.txt" |
        sed "s/^/round $number of $rounds, routes: /; s/\$/ req\\/s/" >&2
    done
  done
  sort -k1,1n -k2,2n "$scratch_directory/routes.txt" | awk '
    { values[$1, ++count[$1]] = $2 }
    function median(key) { return values[key, int((count[key] + 1) / 2)] }
    END {
      printf "\nroutes: 10 announced %d req/s, 1,000 announced %d req/s, ratio %.3f (medians)\n",
        median(10), median(1000), median(1000) / median(10)
    }'
}

# start_routes <number of routes> <directory of jars>
start_routes() {
  local count=$1 port=$((base_port + 4 + ($1 == 1000))) management flags
  management=$((port + 10))
  require_free_port "$port" "the node with $count routes"
  read -ra flags <<<"$(starling_jvm_flags | tr '\n' ' ')"
  (
    unset "${!STARLING_@}"
    export STARLING_HTTP_PORT=$port STARLING_MANAGEMENT_PORT=$management STARLING_CLUSTER_STANDALONE=true
    export STARLING_VERTICLES=edge,rate-limiter,many-routes STARLING_VERTICLES_PATH=$2
    export STARLING_DATA_DIR=$scratch_directory/routes-$count
    exec_owned "routes$count" "$java_home/bin/java" "${flags[@]}" "-Droutes=$count" -jar "$starling_jar"
  ) &
  leader_of[routes$count]=$!
  port_of[routes$count]=$port
  wait_until_ready "routes$count" "http://127.0.0.1:$management/readyz"
}

# route_round <number of routes> <seconds>: requests/s on the last route but one of the first ten.
route_round() {
  taskset -c "$load_cpus" wrk --threads 1 --connections "$connections" --duration "${2}s" \
    "http://127.0.0.1:${port_of[routes$1]}/v1/route-8/42" | awk '
      /Non-2xx/ { print "0"; bad = 1 }
      /^Requests\/sec:/ && !bad { printf "%.0f\n", $2 }'
}
