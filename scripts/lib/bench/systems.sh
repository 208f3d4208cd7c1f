# shellcheck shell=bash
# How each system is built, started, seeded and named. A system <s> is: port_of[s], build_<s>, start_<s>
# <token cache: 0|1>, version_<s>. All get the same users, the same tokens and the same rate limit.

readonly SYSTEMS=(starling gin fastapi flask baseline)
readonly USERS=10000

base_port=${BENCH_BASE_PORT:-18080}
declare -A port_of=(
  [starling]=$base_port
  [gin]=$((base_port + 1))
  [fastapi]=$((base_port + 2))
  [flask]=$((base_port + 3))
  [baseline]=$((base_port + 4))
)

# So slow to refill (1.2 permits/s) that taken permits are seen in the next answers; so large that no consumer
# exhausts it before each token was used 100,000 times.
rate_limit_quota=100000
rate_limit_window_seconds=86400
token_cache_size=20000

server_cpus=${SERVER_CPUS:-0}
load_cpus=${LOAD_CPUS:-1}
jwt_secret=
java_home=

peers=$root/scripts/bench-peers
starling_jar=${BENCH_STARLING_JAR:-$root/cluster/target/starling.jar}

# Flags of Starling's JVM; BENCH_JVM_FLAGS replaces them. One core: the serial collector needs no second one.
starling_jvm_flags() {
  java_options "$java_home/bin/java"
  printf '%s\n' "${BENCH_JVM_FLAGS:--XX:+UseSerialGC -Xms768m -Xmx768m -Xmn512m -XX:+AlwaysPreTouch}"
}

# --- data -------------------------------------------------------------------------------------------------------

mint_data() {
  jwt_secret=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
  note "minting $USERS users and access tokens"
  mkdir -p "$data_directory"
  chmod 700 "$data_directory"
  JWT_SECRET=$jwt_secret "$java_home/bin/java" "$peers/seed/Seed.java" mint "$data_directory" "$USERS"
}

# --- Java -------------------------------------------------------------------------------------------------------

# find_java [17|25]: sets java_home. Without a version, the newest of 25 and 17 that is installed.
find_java() {
  local wanted=${1:-} version candidate
  for version in ${wanted:-25 17}; do
    local override=JAVA_HOME_$version
    for candidate in "${!override:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
      if [[ -x $candidate/bin/java && -x $candidate/bin/javac ]] && [[ $(java_feature "$candidate") == "$version" ]]; then
        java_home=$candidate
        return
      fi
    done
  done
  fail "$USAGE" "no JDK ${wanted:-25 or 17} found (expected: one in JAVA_HOME_${wanted:-25}, JAVA_HOME or /usr/lib/jvm)"
}

java_feature() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }

# --- Starling ---------------------------------------------------------------------------------------------------

# The baseline is Starling too: another build of it, or the same one with its safeguards off.
baseline_jar=${BENCH_BASELINE_JAR:-$starling_jar}
declare -A management_port_of=([starling]=$((base_port + 10)) [baseline]=$((base_port + 11)))
declare -A cluster_port_of=([starling]=$((base_port + 20)) [baseline]=$((base_port + 40)))
declare -A data_directory_of=()

build_starling() {
  [[ -f $starling_jar ]] || fail "$USAGE" "$starling_jar is missing; build it: mvn -B -DskipTests package"
}

build_baseline() {
  build_starling
  [[ -f $baseline_jar ]] || fail "$USAGE" "BENCH_BASELINE_JAR: $baseline_jar is missing (expected: a starling.jar)"
}

start_starling() { start_node starling "$starling_jar" "$1"; }
start_baseline() { start_node baseline "$baseline_jar" "$1"; }

# start_node SYSTEM JAR <token cache: 0|1>
start_node() {
  local system=$1 jar=$2 cache=$3 flags config
  read -ra flags <<<"$(starling_jvm_flags | tr '\n' ' ')"
  data_directory_of[$system]=$scratch_directory/$system-$cache
  mkdir -p "${data_directory_of[$system]}"
  chmod 711 "${data_directory_of[$system]}"
  require_free_port "${management_port_of[$system]}" "$system's management"
  config=$scratch_directory/$system.yaml
  starling_policies "$system" >"$config.policies"
  {
    echo "policies: $config.policies"
    starling_config "$system" "$cache"
  } >"$config"
  (
    unset "${!STARLING_@}" # settings of a node that somebody runs in this shell
    export STARLING_HTTP_PORT=${port_of[$system]}
    export STARLING_MANAGEMENT_PORT=${management_port_of[$system]}
    export STARLING_DATA_DIR=${data_directory_of[$system]}
    export STARLING_AUTH_HS256_SECRET=$jwt_secret
    exec_owned "$system" "$java_home/bin/java" "${flags[@]}" -jar "$jar" --config "$config"
  ) &
  leader_of[$system]=$!
  wait_until_ready "$system" "http://127.0.0.1:${management_port_of[$system]}/readyz"
  wait_until_ready "$system" "http://127.0.0.1:${port_of[$system]}/v1/ping"
  seed_starling "$system" "$jar"
}

# starling_config SYSTEM <token cache: 0|1>: a node as shipped, clustered but met by no other, with the peers' token
# cache; and one address plays all clients, so it may send more bad tokens than a client may.
starling_config() {
  cat <<END
http:
  host: 127.0.0.1
cluster:
  name: starling-bench-$1-$$
  port: ${cluster_port_of[$1]}
END
  if [[ $1 == baseline && $baseline_jar == "$starling_jar" && $benchmark != policy ]]; then
    echo "  safeguards-off: [retries, hedges, frame-age, suspicion, links, draining]"
  fi
  cat <<END
auth:
  verified-token-cache:
    enabled: $([[ $2 == 1 ]] && echo true || echo false)
    max-entries: $token_cache_size
  bad-tokens:
    limit: 1000000
END
}

# starling_policies SYSTEM: the peers' rate limit, in the place of the shipped one; and what the policy benchmark
# compares.
starling_policies() {
  if [[ $benchmark == policy ]]; then
    "policies_of_$1"
    return
  fi
  one_bucket
}

one_bucket() {
  cat <<END
limits:
  - name: default
    match: { operation: "users.*" }
    per: consumer
    rate: { ${rate_limit_window_seconds}s: $rate_limit_quota }
END
}

# seed_starling SYSTEM JAR: the users of users.csv, straight into the node's database; signing them up is a benchmark of
# Argon2.
seed_starling() {
  "$java_home/bin/java" -cp "$2" "$peers/seed/Seed.java" insert \
    "${data_directory_of[$1]}" "$data_directory/users.csv" >&2
}

stop_database_left_behind() {
  local directory
  for directory in "${data_directory_of[@]}"; do
    stop_database_in "$directory"
  done
}

# database_pid DIRECTORY: the process of the embedded database, which is the first line of a file in our own directory.
database_pid() {
  local pid_file=$1/postgres/data/postmaster.pid
  if [[ -r $pid_file ]]; then
    head -n 1 "$pid_file"
  fi
}

# stop_database_in DIRECTORY: the embedded database outlives a node that was killed.
stop_database_in() {
  local pid tries=50
  pid=$(database_pid "$1")
  [[ -n $pid ]] || return 0
  kill -INT "$pid" 2>/dev/null || return 0 # PostgreSQL's fast shutdown
  while ((tries-- > 0)) && kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
  done
}

version_baseline() {
  local what=${baseline_jar#"$root"/}
  [[ $baseline_jar != "$starling_jar" ]] || what="the same jar with its safeguards off"
  [[ $benchmark != policy ]] || what="${what%% with its*}, with one bucket"
  printf 'baseline: Starling, %s' "$what"
}

version_starling() {
  local commit
  commit=$(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)
  printf 'Starling %s, %s, on JDK %s (%s)' "$commit" "${starling_jar#"$root"/}" \
    "$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$java_home/release")" "$(starling_jvm_flags)"
}

# --- Gin --------------------------------------------------------------------------------------------------------

build_gin() {
  require go "the Go toolchain, version 1.25 or newer"
  (cd "$peers/gin" && CGO_ENABLED=0 go build -trimpath -o "$run_directory/bin/gin-peer" .) >&2
}

start_gin() {
  (
    export_peer_settings "$1"
    export LISTEN=127.0.0.1:${port_of[gin]}
    GOMAXPROCS=$(cpu_count "$server_cpus")
    export GOMAXPROCS GOGC=${GIN_GOGC:-100}
    exec_owned gin "$run_directory/bin/gin-peer"
  ) &
  leader_of[gin]=$!
  wait_until_ready gin "http://127.0.0.1:${port_of[gin]}/v1/ping"
}

version_gin() {
  printf 'Gin %s, %s' "$(awk '$1 == "github.com/gin-gonic/gin" { print $2 }' "$peers/gin/go.mod")" \
    "$(go env GOVERSION)"
}

# --- FastAPI and Flask ------------------------------------------------------------------------------------------

build_fastapi() { build_python; }
build_flask() { build_python; }

# The interpreter of the distribution first: it is built with profile-guided optimisation, those that version
# managers compile often are not, and lose a quarter of the speed.
python_command() {
  local candidate
  for candidate in "${PYTHON:-}" /usr/bin/python3 python3; do
    if [[ -n $candidate ]] && "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "$USAGE" "no Python with venv found; install it: apt-get install python3-venv (or set PYTHON)"
}

build_python() { install_python "$peers/python/requirements.txt" "$run_directory/venv"; }

# install_python REQUIREMENTS DIRECTORY: a virtual environment with these packages; fails when they cannot be had.
install_python() {
  local python stamp
  python=$(python_command) || return
  stamp=$("$python" --version && cksum <"$1")
  if [[ $(cat "$2/stamp" 2>/dev/null) != "$stamp" ]]; then
    note "installing the Python peers' packages into $2"
    rm -rf "$2"
    "$python" -m venv "$2" &&
      "$2/bin/pip" install --quiet --disable-pip-version-check --requirement "$1" >&2 || return
    printf '%s\n' "$stamp" >"$2/stamp"
  fi
}

start_fastapi() {
  (
    export_peer_settings "$1"
    cd "$peers/python"
    exec_owned fastapi "$run_directory/venv/bin/python" -m uvicorn fastapi_app:app \
      --host 127.0.0.1 --port "${port_of[fastapi]}" --workers "$(cpu_count "$server_cpus")" \
      --loop uvloop --http httptools --no-access-log --log-level warning
  ) &
  leader_of[fastapi]=$!
  wait_until_ready fastapi "http://127.0.0.1:${port_of[fastapi]}/v1/ping"
}

start_flask() {
  (
    export_peer_settings "$1"
    cd "$peers/python"
    exec_owned flask "$run_directory/venv/bin/python" -m gunicorn flask_app:app \
      --bind "127.0.0.1:${port_of[flask]}" --workers "$(cpu_count "$server_cpus")" \
      --worker-class "${FLASK_WORKER_CLASS:-gthread}" --threads "${FLASK_THREADS:-8}" \
      --keep-alive 60 --log-level warning
  ) &
  leader_of[flask]=$!
  wait_until_ready flask "http://127.0.0.1:${port_of[flask]}/v1/ping"
}

version_fastapi() {
  printf 'FastAPI %s, uvicorn %s, %s' "$(pinned fastapi)" "$(pinned uvicorn)" \
    "$("$run_directory/venv/bin/python" --version)"
}

version_flask() {
  printf 'Flask %s, gunicorn %s %s, %s' "$(pinned Flask)" "$(pinned gunicorn)" "${FLASK_WORKER_CLASS:-gthread}" \
    "$("$run_directory/venv/bin/python" --version)"
}

pinned() { sed -n "s/^$1==//p" "$peers/python/requirements.txt"; }

# --- all --------------------------------------------------------------------------------------------------------

export_peer_settings() {
  export JWT_SECRET=$jwt_secret USERS_FILE=$data_directory/users.csv
  export TOKEN_CACHE=$1 TOKEN_CACHE_SIZE=$token_cache_size
  export RATE_LIMIT_QUOTA=$rate_limit_quota RATE_LIMIT_WINDOW_SECONDS=$rate_limit_window_seconds
  export PYTHONDONTWRITEBYTECODE=1
}

# start <system> <token cache: 0|1>
start() {
  require_free_port "${port_of[$1]}" "$1"
  note "starting $1 (token cache: $2)"
  "start_$1" "$2"
}

# pids_of <system>: the roots of the process trees whose work is the system's.
pids_of() {
  printf '%s ' "${leader_of[$1]}"
  if [[ -n ${data_directory_of[$1]:-} ]]; then
    database_pid "${data_directory_of[$1]}"
  fi
}
