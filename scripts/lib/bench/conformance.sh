# shellcheck shell=bash
# Whether a system does the job that is measured. One that skips a check would win by not working.

# answer <system> <path> [curl arguments…]: leaves the status in $status, the header in $header, the body in $body.
answer() {
  local system=$1 path=$2
  shift 2
  status=$(curl --silent --max-time 5 --output "$scratch_directory/body" --dump-header "$scratch_directory/header" \
    --write-out '%{http_code}' "$@" "http://127.0.0.1:${port_of[$system]}$path") ||
    fail "$INVALID" "$system: no answer to $path"
  header=$(tr -d '\r' <"$scratch_directory/header")
  body=$(<"$scratch_directory/body")
}

# expect <system> <what> <condition…>
expect() {
  local system=$1 what=$2
  shift 2
  "$@" || fail "$INVALID" "$system does not do the job: $what; got status $status"$'\n'"$header"$'\n'"$body"
}

status_is() { [[ $status == "$1" ]]; }
header_matches() { grep -Eqi "$1" <<<"$header"; }
body_holds() { [[ $body == *"$1"* ]]; }
# permits_left: of the window that has the fewest, which comes first.
permits_left() { sed -nE 's/^ratelimit:[^;]*;r=([0-9]+).*/\1/Ip' <<<"$header"; }

check_ping() {
  answer "$1" /v1/ping
  expect "$1" 'GET /v1/ping answers 200' status_is 200
  expect "$1" 'GET /v1/ping says pong' grep -Eq '"message": ?"pong"' <<<"$body"
}

# check_users_me <system>: good tokens give the right user and cost a permit, bad ones give 401, twice, so that a
# cache cannot have learned them.
check_users_me() {
  local system=$1 number token id email name created_at before reason
  for number in 1 2 $((USERS / 2)) "$USERS"; do
    token=$(sed -n "${number}p" "$data_directory/tokens.txt")
    IFS=, read -r id email name created_at < <(sed -n "$((number + 1))p" "$data_directory/users.csv")
    answer "$system" /v1/users/me --header "Authorization: Bearer $token"
    expect "$system" "token $number gives 200" status_is 200
    expect "$system" "token $number gives JSON" header_matches '^content-type: application/json'
    expect "$system" "token $number gives user $id" body_holds "\"$id\""
    expect "$system" "user $id has his email" body_holds "\"$email\""
    expect "$system" "user $id has his name" body_holds "\"$name\""
    expect "$system" "user $id has his created_at" body_holds "\"created_at\":\"${created_at%Z}"
    expect "$system" 'RateLimit-Policy is sent' header_matches '^ratelimit-policy: "[^"]+";q=[0-9]+;w=[0-9]+'
    expect "$system" 'RateLimit is sent' header_matches '^ratelimit: "[^"]+";r=[0-9]+;t=[0-9]+'
    before=$(permits_left)
    for _ in 1 2 3 4 5; do # more than one, since a permit may flow back meanwhile
      answer "$system" /v1/users/me --header "Authorization: Bearer $token"
    done
    expect "$system" "requests cost permits ($before left before five more)" test "$(permits_left)" -lt "$before"
  done
  while IFS=$'\t' read -r reason token; do
    for _ in 1 2; do
      answer "$system" /v1/users/me --header "Authorization: Bearer $token"
      expect "$system" "a token bad by its $reason gives 401" status_is 401
      expect "$system" "$reason: the answer is a problem" header_matches '^content-type: application/problem\+json'
      expect "$system" "$reason: the answer has a challenge" header_matches '^www-authenticate: bearer'
    done
  done <"$data_directory/bad-tokens.tsv"
  answer "$system" /v1/users/me
  expect "$system" 'no token gives 401' status_is 401
}
