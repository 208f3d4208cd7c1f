# shellcheck shell=bash
# Nodes of a local cluster, kept in a state directory: for each node NAME
#   NAME.options   what it is started with, as shell assignments, for its owner alone
#   NAME.pid       the process that runs it now
#   NAME.log       what it says
# and `stopping` while the cluster goes down, after which nobody may start a node.

# node_names DIR: the nodes that were started there, in the order of their names.
node_names() {
  local file
  for file in "$1"/*.options; do
    [[ -e $file ]] && basename "$file" .options
  done
}

# node_option DIR NAME KEY: one of http, management, data.
node_option() (
  # shellcheck disable=SC1090
  source "$1/$2.options" && printf '%s' "${!3}"
)

node_pid() {
  cat "$1/$2.pid" 2>/dev/null
}

# node_runs DIR NAME: whether its process is there. One that has ended and was not waited for yet
# does not count.
node_runs() {
  local pid state
  pid=$(node_pid "$1" "$2") && [[ -n $pid ]] || return 1
  kill -0 "$pid" 2>/dev/null || return 1
  [[ -r /proc/$pid/stat ]] || return 0
  state=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || return 1
  [[ ${state:0:1} != Z ]]
}

# keep_jar ROOT DIR: copies the jar that was built last, because a build replaces it under the feet
# of nodes that load classes from it; prints the copy's path.
keep_jar() {
  local jar=$1/cluster/target/starling.jar copy
  copy=$2/starling-$(cksum "$jar" | tr ' ' '-' | cut -d- -f1,2).jar
  [[ -f $copy ]] || { cp "$jar" "$copy.part" && mv "$copy.part" "$copy"; }
  printf '%s' "$copy"
}

# write_options DIR NAME VARIABLE...: remembers the variables, the STARLING_ ones of the environment
# and the JVM's options.
write_options() {
  local dir=$1 name=$2
  shift 2
  (
    umask 077
    {
      declare -p "$@"
      local variable
      for variable in $(compgen -v STARLING_); do
        printf 'export %s=%q\n' "$variable" "${!variable}"
      done
    } >"$dir/$name.options"
  )
}

# launch DIR NAME JAR: starts the node in a session of its own, so that ctrl-C does not reach it.
launch() {
  local dir=$1 name=$2 jar=$3
  (
    for variable in $(compgen -v STARLING_); do unset "$variable"; done
    # shellcheck disable=SC1090,SC2154 # the options assign them
    source "$dir/$name.options"
    # shellcheck disable=SC2154
    export STARLING_HTTP_PORT=$http STARLING_MANAGEMENT_PORT=$management
    # shellcheck disable=SC2154
    export STARLING_DATA_DIR=$data STARLING_ZONE=$zone
    # shellcheck disable=SC2154
    cd "$directory" || exit 1
    # shellcheck disable=SC2086,SC2154
    setsid java "${options[@]}" ${STARLING_JAVA_OPTS:-} -jar "$jar" run \
      >>"$dir/$name.log" 2>&1 </dev/null &
    echo $! >"$dir/$name.pid"
  )
}

# operate DIR NAME CURL-OPTIONS... PATH: asks the management port, with the admin token if there is
# one; the token goes through standard input, where no other user sees it.
operate() {
  local dir=$1 name=$2 token=
  shift 2
  local path=${*: -1} data
  set -- "${@:1:$#-1}"
  data=$(node_option "$dir" "$name" data)
  token=${STARLING_MANAGEMENT_TOKEN:-}
  if [[ -z $token && -r ${STARLING_MANAGEMENT_TOKEN_FILE:-} ]]; then
    token=$(<"$STARLING_MANAGEMENT_TOKEN_FILE")
  elif [[ -z $token && -r $data/admin-token ]]; then
    token=$(<"$data/admin-token")
  fi
  {
    [[ -n $token ]] && printf 'header = "Authorization: Bearer %s"\n' "$token"
    printf 'url = "http://127.0.0.1:%s%s"\n' "$(node_option "$dir" "$name" management)" "$path"
  } | curl --silent --fail --max-time 3 --config - "$@"
}

# await_ready DIR NAME: until it gets traffic; fails when its process ends or after a minute.
await_ready() {
  for _ in $(seq 1 120); do
    if operate "$1" "$2" --output /dev/null /readyz; then
      return 0
    fi
    node_runs "$1" "$2" || return 1
    sleep 0.5
  done
  return 1
}
