# shellcheck shell=bash
# What every part of the benchmark uses: messages, required tools, and the processes that this run owns.

readonly INVALID=1 # exit code of a run whose figures must not be used
readonly USAGE=2   # exit code of a wrong command line or a missing tool

run_directory=$root/.run/bench
log_directory=$run_directory/logs
data_directory=$run_directory/data
scratch_directory= # of this run, removed at its end

# Leaders of the process trees that this run started, by system.
declare -A leader_of=()
load_generator_pid=

note() { printf '%s\n' "$*" >&2; }

fail() {
  local code=$1
  shift
  printf 'bench: %s\n' "$*" >&2
  exit "$code"
}

# require <command> <what to install>
require() {
  command -v "$1" >/dev/null || fail "$USAGE" "$1 is missing; install it: $2"
}

require_load_tools() {
  require wrk "apt-get install wrk"
  require taskset "apt-get install util-linux"
  require setsid "apt-get install util-linux"
  require flock "apt-get install util-linux"
  require curl "apt-get install curl"
  require awk "apt-get install mawk"
}

# lock_machine: one run at a time on a machine; whoever has the descriptor keeps the lock.
lock_machine() {
  mkdir -p "$run_directory"
  exec {lock_descriptor}>"$run_directory/lock"
  flock --nonblock "$lock_descriptor" || fail "$USAGE" "another benchmark is running (lock: $run_directory/lock)"
}

# prepare_run: the directories of a run, the lock, and an end that leaves nothing behind.
prepare_run() {
  lock_machine
  mkdir -p "$log_directory"
  scratch_directory=$(mktemp -d "${TMPDIR:-/tmp}/starling-bench.XXXXXX")
  chmod 711 "$scratch_directory" # the embedded database may run as another user and must pass through
  trap end_run EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

end_run() {
  local code=$?
  trap - EXIT INT TERM
  if [[ -n $load_generator_pid ]]; then
    kill -TERM "$load_generator_pid" 2>/dev/null || true
  fi
  stop_all
  if [[ -n $scratch_directory ]]; then
    rm -rf "$scratch_directory"
  fi
  exit "$code"
}

# exec_owned <system> <command…>: becomes the command, as leader of its own session on the server's cores.
# The caller runs it in a background subshell that exports the environment, and takes the pid from $!.
exec_owned() {
  local system=$1
  shift
  exec {lock_descriptor}>&-
  exec setsid taskset -c "$server_cpus" "$@" </dev/null >"$log_directory/$system.log" 2>&1
}

is_running() { [[ -n ${leader_of[$1]:-} ]] && kill -0 "${leader_of[$1]}" 2>/dev/null; }

# stop <system>: asks for an end, insists after 20 seconds; the whole process group, by the id of its leader.
stop() {
  local system=$1 pid=${leader_of[$1]:-} tries=200
  [[ -n $pid ]] || return 0
  kill -TERM "$pid" 2>/dev/null || true
  while ((tries-- > 0)) && kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
  done
  kill -KILL -- "-$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  unset "leader_of[$system]"
}

stop_all() {
  local system
  for system in "${!leader_of[@]}"; do
    stop "$system"
  done
  stop_database_left_behind
}

# wait_until_ready <system> <url>
wait_until_ready() {
  local system=$1 url=$2 deadline=$((SECONDS + 90))
  until curl --silent --fail --output /dev/null --max-time 2 "$url"; do
    if ! is_running "$system"; then
      tail -n 15 "$log_directory/$system.log" >&2
      fail "$INVALID" "$system ended before it answered; log: $log_directory/$system.log"
    fi
    if ((SECONDS > deadline)); then
      tail -n 15 "$log_directory/$system.log" >&2
      fail "$INVALID" "$system: $url gave no success within 90 s; log: $log_directory/$system.log"
    fi
    sleep 0.2
  done
}

# require_free_port <port> <system>
require_free_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    fail "$USAGE" "port $1 for $2 is taken (expected: free; BENCH_BASE_PORT moves all ports)"
  fi
}

# require_integer <option> <value> <least> <most>
require_integer() {
  if ! [[ $2 =~ ^[0-9]{1,9}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
    fail "$USAGE" "$1: ${2:-nothing} (expected: an integer in $3..$4)"
  fi
}

cpu_count() { taskset -c "$1" nproc; }
