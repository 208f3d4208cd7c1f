# shellcheck shell=bash
# What a request costs inside Starling: allocation, pauses, and the share of each part of its path.

# run_cost <seconds>: Starling alone under load, with a flight recording of the loaded time.
run_cost() {
  local seconds=$1 recording=$scratch_directory/cost.jfr pid requests
  start starling "$([[ $cache == on ]] && echo 1 || echo 0)"
  check_users_me starling
  note "warming starling up for $warmup s"
  run_round users-me /v1/users/me starling "$warmup"
  pid=${leader_of[starling]}
  "$java_home/bin/jcmd" "$pid" JFR.start name=cost settings=profile >/dev/null
  run_round users-me /v1/users/me starling "$seconds"
  "$java_home/bin/jcmd" "$pid" JFR.dump name=cost filename="$recording" >/dev/null
  requests=$(awk -F'[= ]' '{ print $2 }' <<<"$round")
  printf '\ncost: %s requests in %s s, token cache %s, %s\n\n' "$requests" "$seconds" "$cache" "$(version_starling)"
  "$java_home/bin/java" "$library/Cost.java" "$recording" "$requests"
  stop_all
}
